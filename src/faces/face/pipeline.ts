/**
 * Photographs → faces with embeddings: decode, detect, align, embed. Images are decoded ahead on other threads, and
 * the faces of several images are embedded in one run of the network.
 */
import {
  type CancelSignal,
  CosfaceError,
  describeValue,
  ModelError,
  OptionError,
  requireFields,
  requireKnownKeys,
} from "../../base/core/index.ts";
import type { RgbImage } from "../../base/image/index.ts";
import { normalizeEmbeddings } from "../../measure/eval/index.ts";
import {
  type AlignmentTarget,
  alignFace,
  alignmentTarget,
  type ContractOverrides,
  type Embedder,
  type EmbedderOptions,
  embedViews,
  openEmbedder,
} from "../embedder/index.ts";
import type { DetectedFace, FaceDetector } from "./detection.ts";
import { openDetector } from "./open-detector.ts";
import { type Photograph, readPhotograph } from "./photograph.ts";
import { readAhead } from "./read-ahead.ts";

/** A face with its aligned crop and its embedding. */
export type EmbeddedFace = DetectedFace & {
  /** The aligned crop that was embedded, of the network's input size. */
  readonly crop: RgbImage;
  /** Unit vector; with flip rule "concat" of both views. */
  readonly embedding: Float32Array;
  /**
   * Length of the embedding as the network computed it. What it says about the image's quality depends on the network:
   * see "Embedding" in docs/notes/recognition.md.
   */
  readonly embeddingNorm: number;
};

/** One photograph of a stream: its size and its faces, or the error that it ended in. */
export type PhotographFaces<T> =
  | {
      readonly item: T;
      readonly width: number;
      readonly height: number;
      /** Faces that the detector found, chosen or not. */
      readonly detectedCount: number;
      readonly faces: readonly EmbeddedFace[];
      readonly error?: undefined;
    }
  | { readonly item: T; readonly error: CosfaceError };

/** Selects the faces of an image that are embedded. */
export type ChooseFaces = (faces: readonly DetectedFace[], image: RgbImage) => readonly DetectedFace[];

/** How a stream of photographs is embedded. */
export type StreamOptions = {
  /** Selects the faces that are embedded; default all. */
  readonly choose?: ChooseFaces;
  /**
   * Ends the stream: no further photograph is read, those that are detected already are embedded and yielded, and then
   * the signal's reason is thrown.
   */
  readonly signal?: CancelSignal;
};

/** Detector, alignment and embedder as one. */
export interface FacePipeline {
  readonly detector: FaceDetector;
  readonly embedder: Embedder;
  /**
   * Faces of a photograph with their embeddings, highest score first.
   * @throws {OptionError | ImageError} as {@link readPhotograph}.
   * @throws {ModelError} after {@link close}.
   */
  embed(photograph: Photograph): Promise<readonly EmbeddedFace[]>;
  /** Embeddings of faces that were detected before, in their order. @throws as `embed`. */
  embedFaces(photograph: Photograph, faces: readonly DetectedFace[]): Promise<readonly EmbeddedFace[]>;
  /**
   * The same for many photographs, in their order: `read` maps an item to a photograph, several at a time. A photograph
   * that cannot be read yields its error and does not end the stream; other errors are thrown.
   */
  stream<T>(
    items: Iterable<T> | AsyncIterable<T>,
    read: (item: T) => Promise<Photograph>,
    options?: StreamOptions,
  ): AsyncIterable<PhotographFaces<T>>;
  close(): Promise<void>;
}

/** Which networks a pipeline consists of. */
export type FacesOptions = EmbedderOptions & {
  /** "default" or the path of a detector; default "default". */
  readonly detector?: string;
  /** "default" or the path of an embedder; default "default". */
  readonly model?: string;
  /** Preprocessing, for embedders that do not state it. */
  readonly contract?: ContractOverrides;
  /** Lowest score of a face, 0 to 1; default: the detector's own. */
  readonly minimumScore?: number;
  /** Height of the smallest face to look for, pixels of the image; see `DetectorOptions`. */
  readonly smallestFace?: number;
};

/**
 * Opens a detector and an embedder.
 * @throws {ModelError} when a file is not a detector or an embedder, or does not state how its input is made.
 * @throws {OptionError} when the embedder has no template to align faces to, and for an option that does not exist.
 */
export async function openFaces(options: FacesOptions = {}): Promise<FacePipeline> {
  requireKnownKeys("options of openFaces", options, {
    detector: true,
    model: true,
    contract: true,
    minimumScore: true,
    smallestFace: true,
    device: true,
    threads: true,
    profilePrefix: true,
    onNote: true,
  });
  const { detector = "default", model = "default", contract = {}, minimumScore, smallestFace, ...opening } = options;
  const { onNote, ...session } = opening;
  const embedder = await openEmbedder(model, contract, opening);
  try {
    const opened = await openDetector(detector, {
      ...session,
      ...(minimumScore === undefined ? {} : { minimumScore }),
      ...(smallestFace === undefined ? {} : { smallestFace }),
    });
    return facePipeline(opened, embedder);
  } catch (error) {
    await embedder.close();
    throw error;
  }
}

/** A pipeline of open networks; closing it closes them. @throws {OptionError} as `openFaces`. */
export function facePipeline(detector: FaceDetector, embedder: Embedder): FacePipeline {
  requireFields("detector", detector, { detect: "a function", close: "a function" });
  requireFields("embedder", embedder, { contract: "an object", embed: "a function", close: "a function" });
  return new Pipeline(detector, embedder);
}

/** The pipelines that `close` has closed. */
const closed = new WeakSet<FacePipeline>();

/** @throws {ModelError} when the networks were closed. */
export function requireOpen(faces: FacePipeline): void {
  if (closed.has(faces)) throw new ModelError("faces: they were closed before this call: open them again");
}

/** Images that are decoded while the networks run. */
const READ_AHEAD = 4;
/** Faces, or images, that are gathered for one run of the embedder. */
const GATHERED = 16;

type Size = { readonly width: number; readonly height: number };
type Aligned = { readonly face: DetectedFace; readonly crop: RgbImage };
/** A photograph whose faces are detected and aligned, and wait for their embeddings. */
type Detected<T> = {
  readonly item: T;
  readonly image: Size;
  readonly detectedCount: number;
  readonly aligned: readonly Aligned[];
};
type Failed<T> = { readonly item: T; readonly error: CosfaceError };

class Pipeline implements FacePipeline {
  readonly detector: FaceDetector;
  readonly embedder: Embedder;
  readonly #target: AlignmentTarget;

  constructor(detector: FaceDetector, embedder: Embedder) {
    this.detector = detector;
    this.embedder = embedder;
    this.#target = alignmentTarget(embedder.contract);
  }

  async embed(photograph: Photograph): Promise<readonly EmbeddedFace[]> {
    requireOpen(this);
    const image = await readPhotograph(photograph);
    return this.embedFaces(image, await this.detector.detect(image));
  }

  async embedFaces(photograph: Photograph, faces: readonly DetectedFace[]): Promise<readonly EmbeddedFace[]> {
    requireOpen(this);
    return this.#embedAligned(await this.#align(await readPhotograph(photograph), faces));
  }

  async *stream<T>(
    items: Iterable<T> | AsyncIterable<T>,
    read: (item: T) => Promise<Photograph>,
    { choose = (faces) => faces, signal }: StreamOptions = {},
  ): AsyncGenerator<PhotographFaces<T>> {
    requireOpen(this);
    if (typeof items !== "object" || items === null || !(Symbol.iterator in items || Symbol.asyncIterator in items)) {
      throw new OptionError(`photographs: got ${describeValue(items)}, expected a list of photographs`);
    }
    let gathered: (Detected<T> | Failed<T>)[] = [];
    let faceCount = 0;
    const decode = async (item: T) => readPhotograph(await read(item));
    for await (const { item, outcome } of readAhead(items, decode, READ_AHEAD)) {
      if (signal?.aborted) break;
      const next = await this.#detect(item, outcome, choose);
      gathered.push(next);
      if ("aligned" in next) faceCount += next.aligned.length;
      if (faceCount < GATHERED && gathered.length < GATHERED) continue;
      yield* await this.#finish(gathered);
      gathered = [];
      faceCount = 0;
    }
    yield* await this.#finish(gathered);
    signal?.throwIfAborted();
  }

  async close(): Promise<void> {
    closed.add(this);
    await this.detector.close();
    await this.embedder.close();
  }

  async #detect<T>(
    item: T,
    outcome: PromiseSettledResult<RgbImage>,
    choose: ChooseFaces,
  ): Promise<Detected<T> | Failed<T>> {
    try {
      if (outcome.status === "rejected") throw outcome.reason;
      const image = outcome.value;
      const detected = await this.detector.detect(image);
      const aligned = await this.#align(image, choose(detected, image));
      return { item, image: { width: image.width, height: image.height }, detectedCount: detected.length, aligned };
    } catch (error) {
      if (error instanceof CosfaceError) return { item, error };
      throw error;
    }
  }

  #align(image: RgbImage, faces: readonly DetectedFace[]): Promise<readonly Aligned[]> {
    return Promise.all(
      faces.map(async (face) => ({ face, crop: await alignFace(image, face.landmarks, this.#target) })),
    );
  }

  /** Embeds the faces of all photographs together and assigns each to its photograph. */
  async #finish<T>(gathered: readonly (Detected<T> | Failed<T>)[]): Promise<PhotographFaces<T>[]> {
    const all = await this.#embedAligned(gathered.flatMap((entry) => ("aligned" in entry ? entry.aligned : [])));
    let from = 0;
    return gathered.map((entry) => {
      if ("error" in entry) return entry;
      const { item, image, detectedCount, aligned } = entry;
      const faces = all.slice(from, from + aligned.length);
      from += aligned.length;
      return { item, ...image, detectedCount, faces };
    });
  }

  async #embedAligned(aligned: readonly Aligned[]): Promise<EmbeddedFace[]> {
    if (aligned.length === 0) return [];
    const raw = await embedViews(
      this.embedder,
      aligned.map(({ crop }) => crop),
    );
    const { size, data } = normalizeEmbeddings(raw);
    return aligned.map(({ face, crop }, i) => {
      const embeddingNorm = Math.hypot(...raw.data.subarray(i * size, (i + 1) * size));
      return { ...face, crop, embedding: data.slice(i * size, (i + 1) * size), embeddingNorm };
    });
  }
}
