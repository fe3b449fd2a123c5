/** Images of a data set through the network of a run, without augmentation. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ImageError } from "../../base/core/index.ts";
import type { FaceDataset } from "../../base/data/index.ts";
import { fitToInput, type RgbImage } from "../../base/image/index.ts";
import type { Tensors } from "../../compiler/runtime/index.ts";
import type { NetworkEmbedder } from "../../faces/embedder/index.ts";
import type { BrokenImage } from "../batches/index.ts";
import type { Network } from "../nn/index.ts";
import { networkEmbedder } from "./network-embedder.ts";
import { type ResolvedOptions, resolveNetwork, type TrainingOptions } from "./options.ts";

/** Images in memory at once. */
const CHUNK = 256;

/** The network of a run, with the parameters of a state. Close the embedder. */
export async function openRunNetwork(
  folder: string,
  state: Tensors,
  given?: TrainingOptions["network"],
): Promise<{ readonly network: Network; readonly embedder: NetworkEmbedder }> {
  const options = JSON.parse(await readFile(join(folder, "options.json"), "utf8")) as ResolvedOptions;
  const { inputSize, embeddingSize } = options;
  const network = resolveNetwork({
    network: given ?? options.network,
    ...(inputSize === undefined ? {} : { inputSize }),
    ...(embeddingSize === undefined ? {} : { embeddingSize }),
  });
  return { network, embedder: await networkEmbedder(network, state, options) };
}

/** Some images that were embedded together. */
export type EmbeddedSamples = {
  /** `f32[images, size]`, those that could be read. */
  readonly embeddings: Float32Array;
  /** Their indices in the data set. */
  readonly indices: readonly number[];
  readonly brokenImages: readonly BrokenImage[];
};

/** Embeds images of a data set by their indices, some at a time, without those that cannot be read. */
export async function* embedSamples(
  { network, embedder }: Awaited<ReturnType<typeof openRunNetwork>>,
  dataset: FaceDataset,
  indices: ArrayLike<number>,
  onProgress: (done: number, total: number) => void,
): AsyncGenerator<EmbeddedSamples> {
  const all = Array.from(indices);
  for (let start = 0; start < all.length; start += CHUNK) {
    const chunk = all.slice(start, start + CHUNK);
    const read = await Promise.all(chunk.map((index) => readSample(dataset, index, network.inputSize)));
    const images = read.flatMap((result) => ("image" in result ? [result] : []));
    const embedded = images.length > 0 ? await embedder.embed(images.map(({ image }) => image)) : undefined;
    yield {
      embeddings: embedded?.data ?? new Float32Array(0),
      indices: images.map(({ index }) => index),
      brokenImages: read.flatMap((result) => ("image" in result ? [] : [result])),
    };
    onProgress(start + chunk.length, all.length);
  }
}

async function readSample(
  dataset: FaceDataset,
  index: number,
  [height, width]: readonly [number, number],
): Promise<{ readonly image: RgbImage; readonly index: number } | BrokenImage> {
  try {
    return { image: await fitToInput((await dataset.read(index)).image, height, width), index };
  } catch (cause) {
    if (!(cause instanceof ImageError)) throw cause;
    const source = dataset.source(index);
    return { index, source, reason: cause.message.replace(`${source}: `, "") };
  }
}
