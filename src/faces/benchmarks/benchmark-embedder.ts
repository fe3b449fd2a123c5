/**
 * The networks under test, as protocols see them: images in, a row for each out. Embeddings that are kept already are
 * read, the others are computed and kept. Where an image's face is, and how its crop is made, is a part of its key.
 */
import { createHash } from "node:crypto";
import type { CancelSignal } from "../../base/core/index.ts";
import { decodeSample } from "../../base/data/index.ts";
import { flipImage, type RgbImage } from "../../base/image/index.ts";
import { combineViews, type Embeddings, type FlipRule } from "../../measure/eval/index.ts";
import { alignCrop, type Embedder, type EmbedderContract, embeddingLength } from "../embedder/index.ts";
import { type FacePipeline, mainFace } from "../face/index.ts";
import type { EmbeddingsStore, ImageKey, ModelEmbeddings } from "./embeddings-store.ts";

/** Encoded images, each with the origin that messages name it by: never a person's name. */
export type BenchmarkImages = {
  readonly imageCount: number;
  readonly source: (index: number) => string;
  readonly readBytes: (index: number) => Promise<Uint8Array>;
  /** How crops are made of images that are not aligned to InsightFace's template: by landmarks of a list, say. */
  readonly crops?: Crops;
};

/** Makes the crop that a network takes from a decoded image. */
export type Crops = {
  /** What distinguishes this crop from others of the same file, such as its landmarks: a part of the image's key. */
  readonly key: (index: number) => string;
  readonly cut: (image: RgbImage, index: number, contract: EmbedderContract) => Promise<RgbImage>;
};

/** How images are embedded. */
export type EmbedImagesOptions = {
  /** Use of the mirror image; default: {@link BenchmarkEmbedder.flip}. Of no effect with `align`. */
  readonly flip?: FlipRule;
  /** The images are photographs: the face nearest to the middle is detected and aligned. Default false. */
  readonly align?: boolean;
  /** What the images are, for progress; default "images". */
  readonly what?: string;
};

/** What is known of the faces of photographs; nothing of crops. */
export type DetectionCounts = {
  readonly imageCount?: number;
  /** Images without a detected face. */
  readonly missedImageCount?: number;
  readonly detector?: string;
};

/** Embeddings, a row for each image; one of zeros, whose cosine to everything is 0, where no face was found. */
export type EmbeddedImages = { readonly embeddings: Embeddings } & DetectionCounts;

/** One network, or several as one, that protocols measure. */
export interface BenchmarkEmbedder {
  /** Id of the network and its contract. */
  readonly id: string;
  /** The rule by which views are joined. */
  readonly flip: FlipRule;
  /** Networks whose embeddings make one: 1 but for ensembles. */
  readonly networkCount: number;
  /**
   * Embeddings of images, not normalized for crops, of unit length for photographs.
   * @throws {ImageError} for an image that cannot be decoded: without it, the result would be of another benchmark.
   */
  embed(images: BenchmarkImages, options?: EmbedImagesOptions): Promise<EmbeddedImages>;
  close(): Promise<void>;
}

/** What an embedder of benchmarks is made of. */
export type BenchmarkNetwork = {
  readonly embedder: Embedder;
  /** Opens what photographs need: a detector beside the same network; `key` names what it finds faces with. */
  readonly openPipeline: () => Promise<{ readonly pipeline: FacePipeline; readonly key: string }>;
  readonly store: EmbeddingsStore | undefined;
  readonly onProgress: (done: number, total: number, what: string) => void;
  readonly signal: CancelSignal | undefined;
};

type View = "original" | "mirrored";

/** Images in memory at once. */
const CHUNK = 256;

/** Changes with the arithmetic of crops, so that embeddings of other crops are not taken for these. */
const CROPS_VERSION = 1;

/** An embedder of benchmarks over one network. */
export function benchmarkEmbedder(network: BenchmarkNetwork): BenchmarkEmbedder {
  return new NetworkOnImages(network);
}

class NetworkOnImages implements BenchmarkEmbedder {
  readonly id: string;
  readonly flip: FlipRule;
  readonly networkCount = 1;
  readonly #network: BenchmarkNetwork;
  #pipeline: ReturnType<BenchmarkNetwork["openPipeline"]> | undefined;

  constructor(network: BenchmarkNetwork) {
    this.#network = network;
    this.id = network.embedder.id;
    this.flip = network.embedder.contract.flip;
  }

  async embed(
    images: BenchmarkImages,
    { flip = this.flip, align = false, what = "images" }: EmbedImagesOptions = {},
  ): Promise<EmbeddedImages> {
    const kept = await this.#network.store?.of(this.id);
    if (align) return this.#photographs(images, kept, what);
    if (flip === "none") {
      const [embeddings] = await this.#views(images, kept, ["original"], what);
      return { embeddings };
    }
    const [original, mirrored] = await this.#views(images, kept, ["original", "mirrored"], what);
    return { embeddings: combineViews(original, mirrored, flip) };
  }

  async close(): Promise<void> {
    // The pipeline closes the network too; one that could not be opened has not.
    const opened = await this.#pipeline?.catch(() => undefined);
    await (opened?.pipeline ?? this.#network.embedder).close();
  }

  /** Views of every crop, as the network computes them. */
  async #views<const Views extends readonly View[]>(
    images: BenchmarkImages,
    kept: ModelEmbeddings | undefined,
    views: Views,
    what: string,
  ): Promise<{ [I in keyof Views]: Embeddings }> {
    const { embedder, onProgress, signal } = this.#network;
    const { imageCount, crops } = images;
    const size = embedder.contract.embeddingSize;
    const rows = views.map(() => new Float32Array(imageCount * size));
    for (let start = 0; start < imageCount; start += CHUNK) {
      signal?.throwIfAborted();
      const indices = Array.from({ length: Math.min(CHUNK, imageCount - start) }, (_, i) => start + i);
      const files = await Promise.all(indices.map(images.readBytes));
      const cut = new Map<number, Promise<RgbImage>>();
      const cropOf = (i: number): Promise<RgbImage> => {
        const crop = cut.get(i) ?? this.#cut(images, start + i, files[i]);
        cut.set(i, crop);
        return crop;
      };
      for (const [v, view] of views.entries()) {
        const keys = files.map((bytes, i) => imageKey(bytes, `crop:${crops?.key(start + i) ?? "aligned"}:${view}`));
        const found = await Promise.all(keys.map((key) => kept?.get(key)));
        const missing = [...found.keys()].filter((i) => found[i]?.length !== size);
        const inputs = await Promise.all(missing.map(cropOf));
        const computed = await embedder.embed(view === "mirrored" ? inputs.map(flipImage) : inputs);
        for (const [i, row] of found.entries()) if (row?.length === size) rows[v]?.set(row, (start + i) * size);
        for (const [row, i] of missing.entries()) rows[v]?.set(rowOf(computed, row), (start + i) * size);
        await kept?.add(
          missing.flatMap((i) => keys[i] ?? []),
          computed,
        );
      }
      onProgress(start + indices.length, imageCount, what);
    }
    return rows.map((data) => ({ count: imageCount, size, data })) as { [I in keyof Views]: Embeddings };
  }

  async #cut({ crops, source }: BenchmarkImages, index: number, bytes: Uint8Array | undefined): Promise<RgbImage> {
    const { contract } = this.#network.embedder;
    const image = await decodeSample(bytes ?? new Uint8Array(0), source(index));
    return crops === undefined ? alignCrop(image, contract) : crops.cut(image, index, contract);
  }

  /** The main face of every photograph. A row of NaN is kept for a photograph without a face. */
  async #photographs(
    { imageCount, readBytes, source }: BenchmarkImages,
    kept: ModelEmbeddings | undefined,
    what: string,
  ): Promise<EmbeddedImages> {
    const { onProgress, signal, openPipeline, embedder } = this.#network;
    this.#pipeline ??= openPipeline();
    const { pipeline, key: detection } = await this.#pipeline;
    const size = embeddingLength(embedder.contract);
    const data = new Float32Array(imageCount * size);
    const missing: { readonly index: number; readonly key: ImageKey }[] = [];
    let missedImageCount = 0;
    for (let index = 0; index < imageCount; index++) {
      const key = imageKey(await readBytes(index), `photograph:${detection}`);
      const found = await kept?.get(key);
      if (found?.length !== size) missing.push({ index, key });
      else if (Number.isNaN(found[0])) missedImageCount++;
      else data.set(found, index * size);
    }
    let done = imageCount - missing.length;
    let fresh: { readonly key: ImageKey; readonly embedding: Float32Array }[] = [];
    const keep = async () => {
      const rows = new Float32Array(fresh.length * size);
      for (const [row, { embedding }] of fresh.entries()) rows.set(embedding, row * size);
      await kept?.add(
        fresh.map(({ key }) => key),
        { count: fresh.length, size, data: rows },
      );
      fresh = [];
    };
    const decode = async ({ index }: { readonly index: number }) => decodeSample(await readBytes(index), source(index));
    const results = pipeline.stream(missing, decode, {
      choose: (faces, image) => [mainFace(faces, image)].filter((face) => face !== undefined),
      ...(signal === undefined ? {} : { signal }),
    });
    for await (const { item, ...result } of results) {
      if (result.error !== undefined) throw result.error;
      const [face] = result.faces;
      if (face === undefined) missedImageCount++;
      else data.set(face.embedding, item.index * size);
      fresh.push({ key: item.key, embedding: face?.embedding ?? new Float32Array(size).fill(Number.NaN) });
      if (fresh.length === CHUNK) await keep();
      onProgress(++done, imageCount, what);
    }
    await keep();
    const { name: detector } = pipeline.detector;
    return { embeddings: { count: imageCount, size, data }, imageCount, missedImageCount, detector };
  }
}

function imageKey(bytes: Uint8Array, crop: string): ImageKey {
  return createHash("sha256").update(bytes).update(`\0${CROPS_VERSION}:${crop}`).digest("hex");
}

function rowOf({ data, size }: Embeddings, row: number): Float32Array {
  return data.subarray(row * size, (row + 1) * size);
}
