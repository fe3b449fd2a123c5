/**
 * Photographs → faces with embeddings: decode, detect, align, embed. Pictures are decoded ahead on other threads, and
 * the faces of several pictures are embedded in one run of the network.
 */
import { CosfaceError } from "../../base/core/index.ts";
import type { RgbImage } from "../../base/image/index.ts";
import type { SessionOptions } from "../../compiler/runtime/index.ts";
import { normalizeEmbeddings } from "../../measure/eval/index.ts";
import {
  type AlignmentTarget,
  alignFace,
  alignmentTarget,
  type ContractOverrides,
  type Embedder,
  embedViews,
  openEmbedder,
} from "../embedder/index.ts";
import type { DetectedFace, FaceDetector } from "./detection.ts";
import { openDetector } from "./open-detector.ts";
import { readAhead } from "./read-ahead.ts";

/** A face with its aligned crop and its embedding. */
export type EmbeddedFace = DetectedFace & {
  /** The aligned crop that was embedded, of the network's input size. */
  readonly crop: RgbImage;
  /** Unit vector; with flip rule "concat" of both views. */
  readonly embedding: Float32Array;
  /**
   * Length of the embedding as the network gave it. What it says of the picture's quality depends on the network: see
   * "Embedding" in docs/recognition.md.
   */
  readonly embeddingNorm: number;
};

/** What became of one picture of a stream: its size and its faces, or why it has none. */
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

/** Which of a picture's faces are embedded. */
export type ChooseFaces = (faces: readonly DetectedFace[], image: RgbImage) => readonly DetectedFace[];

/** Detector, alignment and embedder as one. */
export interface FacePipeline {
  readonly detector: FaceDetector;
  readonly embedder: Embedder;
  /** Faces of a picture with their embeddings, highest score first. */
  embed(image: RgbImage): Promise<readonly EmbeddedFace[]>;
  /** Embeddings of faces that were found already, in their order. */
  embedFaces(image: RgbImage, faces: readonly DetectedFace[]): Promise<readonly EmbeddedFace[]>;
  /**
   * The same for many pictures, in their order: `read` turns an item into a picture, several at a time. A picture that
   * cannot be read gives its error and does not end the stream; errors that are not the picture's are thrown.
   */
  stream<T>(
    items: Iterable<T> | AsyncIterable<T>,
    read: (item: T) => Promise<RgbImage>,
    choose?: ChooseFaces,
  ): AsyncIterable<PhotographFaces<T>>;
  close(): Promise<void>;
}

/** What a pipeline is made of. */
export type FacesOptions = SessionOptions & {
  /** "default" or the path of a detector; default "default". */
  readonly detector?: string;
  /** "default" or the path of an embedder; default "default". */
  readonly model?: string;
  /** Preprocessing, for embedders that do not say it. */
  readonly contract?: ContractOverrides;
  /** Faces with a lower score are not given; default: what suits the detector. */
  readonly minimumScore?: number;
};

/**
 * Opens a detector and an embedder.
 * @throws {ModelError} when one of them is none, or the embedder does not say how its input is made.
 * @throws {OptionError} when the embedder has no template to align faces to.
 */
export async function openFaces(options: FacesOptions = {}): Promise<FacePipeline> {
  const { detector = "default", model = "default", contract = {}, minimumScore, ...session } = options;
  const embedder = await openEmbedder(model, contract, session);
  try {
    const opened = await openDetector(detector, {
      ...session,
      ...(minimumScore === undefined ? {} : { minimumScore }),
    });
    return facePipeline(opened, embedder);
  } catch (error) {
    await embedder.close();
    throw error;
  }
}

/** A pipeline of parts that are open already; closing it closes them. @throws {OptionError} as `openFaces`. */
export function facePipeline(detector: FaceDetector, embedder: Embedder): FacePipeline {
  return new Pipeline(detector, embedder);
}

/** Pictures that are decoded while the networks run. */
const READ_AHEAD = 4;
/** Faces, or pictures, that are gathered for one run of the embedder. */
const GATHERED = 16;

type Aligned = { readonly face: DetectedFace; readonly crop: RgbImage };
/** A picture whose faces wait for their embeddings. */
type Gathered<T> =
  | { readonly item: T; readonly image: Size; readonly detectedCount: number; readonly aligned: readonly Aligned[] }
  | { readonly item: T; readonly error: CosfaceError };
type Size = { readonly width: number; readonly height: number };

class Pipeline implements FacePipeline {
  readonly detector: FaceDetector;
  readonly embedder: Embedder;
  readonly #target: AlignmentTarget;

  constructor(detector: FaceDetector, embedder: Embedder) {
    this.detector = detector;
    this.embedder = embedder;
    this.#target = alignmentTarget(embedder.contract);
  }

  async embed(image: RgbImage): Promise<readonly EmbeddedFace[]> {
    return this.embedFaces(image, await this.detector.detect(image));
  }

  async embedFaces(image: RgbImage, faces: readonly DetectedFace[]): Promise<readonly EmbeddedFace[]> {
    return this.#embedAligned(await this.#align(image, faces));
  }

  async *stream<T>(
    items: Iterable<T> | AsyncIterable<T>,
    read: (item: T) => Promise<RgbImage>,
    choose: ChooseFaces = (faces) => faces,
  ): AsyncGenerator<PhotographFaces<T>> {
    let gathered: Gathered<T>[] = [];
    let faceCount = 0;
    for await (const { item, outcome } of readAhead(items, read, READ_AHEAD)) {
      const next = await this.#gather(item, outcome, choose);
      gathered.push(next);
      if ("aligned" in next) faceCount += next.aligned.length;
      if (faceCount < GATHERED && gathered.length < GATHERED) continue;
      yield* await this.#finish(gathered);
      gathered = [];
      faceCount = 0;
    }
    yield* await this.#finish(gathered);
  }

  async close(): Promise<void> {
    await this.detector.close();
    await this.embedder.close();
  }

  async #gather<T>(item: T, outcome: PromiseSettledResult<RgbImage>, choose: ChooseFaces): Promise<Gathered<T>> {
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

  /** Embeds the faces of all pictures together and hands each picture its own. */
  async #finish<T>(gathered: readonly Gathered<T>[]): Promise<PhotographFaces<T>[]> {
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
