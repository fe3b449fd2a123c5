/** The geometry of a run's class centers, and of the faces that it was trained on around them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ImageError, OptionError, requireInteger, TrainingError } from "../../base/core/index.ts";
import type { FaceDataset } from "../../base/data/index.ts";
import { fitToInput, type RgbImage } from "../../base/image/index.ts";
import type { NetworkEmbedder } from "../../faces/embedder/index.ts";
import {
  type CenterGeometry,
  centerGeometry,
  type SampleGeometry,
  sampleGeometry,
} from "../../measure/hypersphere/index.ts";
import type { BrokenImage } from "../batches/index.ts";
import { at } from "../losses/index.ts";
import type { Network } from "../nn/index.ts";
import { isDataOf } from "./fingerprint.ts";
import { networkEmbedder } from "./network-embedder.ts";
import { type ResolvedOptions, resolveNetwork, type TrainingOptions } from "./options.ts";
import { centersOf, requireCheckpoint } from "./read-centers.ts";
import { someCenters } from "./some-centers.ts";

/** How much of a run is measured. */
export type RunGeometryOptions = {
  /** At most so many images are embedded, evenly taken; default 2,000, 0 for none. */
  readonly sampleCount?: number;
  /** At most so many class centers are compared with each other, evenly taken; default 10,000. */
  readonly centerCount?: number;
  /** How many of the closest pairs of identities to list; default 20. */
  readonly closestPairCount?: number;
  /** The run's network, where it is one of your own; default: found by the name in the run's options. */
  readonly network?: TrainingOptions["network"];
  /** Called with the number of images embedded so far, and of all that will be. */
  readonly onProgress?: (done: number, total: number) => void;
};

/** The angles between a run's class centers and samples. */
export type RunGeometry = {
  /** Steps done. */
  readonly iteration: number;
  /** Identities that the run was trained on; `centers` and `samples` are of an even part where there are many. */
  readonly identityCount: number;
  readonly centers: CenterGeometry;
  /** Undefined when no image was embedded, or the embeddings are not finite numbers. */
  readonly samples: SampleGeometry | undefined;
  /** Images that could not be read, and were left out. */
  readonly brokenImages: readonly BrokenImage[];
  /** Sentences about what could not be measured. */
  readonly notes: readonly string[];
};

/** Images in memory at once. */
const CHUNK = 256;

/**
 * Measures the newest checkpoint of a run: its class centers among each other, and images of its training set, without
 * augmentation, around them.
 *
 * @throws {TrainingError} when the folder holds no checkpoint, or its class centers are not finite numbers;
 *   {OptionError} when the data have another number of identities than the run.
 */
export async function runGeometry(
  folder: string,
  dataset: FaceDataset,
  options: RunGeometryOptions = {},
): Promise<RunGeometry> {
  const { sampleCount = 2000, centerCount = 10_000, closestPairCount = 20, onProgress = () => {} } = options;
  requireInteger("geometry: number of images", sampleCount, 0);
  requireInteger("geometry: number of centers", centerCount, 2);
  const checkpoint = await requireCheckpoint(folder);
  const { iteration, ...centers } = centersOf(checkpoint);
  if (dataset.identityCount !== centers.identities) {
    throw new OptionError(
      `geometry: got data of ${dataset.identityCount} identities, expected the ${centers.identities} that the run was trained on`,
    );
  }
  if (!centers.weights.every(Number.isFinite)) {
    throw new TrainingError(
      `geometry: the class centers after ${iteration} steps are not finite numbers: training diverged, lower its learning rate`,
    );
  }
  const notes = isDataOf(checkpoint.fingerprint, dataset) ? [] : [OTHER_DATA];
  const part = someCenters(centers, centerCount);
  const measured = {
    iteration,
    identityCount: centers.identities,
    centers: labelCenters(centerGeometry({ ...part, closestPairCount }), part.labels),
  };
  const chosen = evenSamples(dataset, part.labels, sampleCount);
  if (chosen.length === 0) return { ...measured, samples: undefined, brokenImages: [], notes };
  const runOptions = JSON.parse(await readFile(join(folder, "options.json"), "utf8")) as ResolvedOptions;
  const { inputSize, embeddingSize } = runOptions;
  const network = resolveNetwork({
    network: options.network ?? runOptions.network,
    ...(inputSize === undefined ? {} : { inputSize }),
    ...(embeddingSize === undefined ? {} : { embeddingSize }),
  });
  const embedder = await networkEmbedder(network, checkpoint.state, runOptions);
  try {
    const embedded = await embedSamples(embedder, dataset, chosen, { network, onProgress });
    const { embeddings, labels, brokenImages } = embedded;
    if (labels.length === 0) return { ...measured, samples: undefined, brokenImages, notes };
    if (!embeddings.every(Number.isFinite)) {
      return { ...measured, samples: undefined, brokenImages, notes: [...notes, NOT_FINITE] };
    }
    const samples = labelSamples(sampleGeometry({ ...part, embeddings, labels }), part.labels);
    return { ...measured, samples, brokenImages, notes };
  } finally {
    await embedder.close();
  }
}

const OTHER_DATA =
  "people or images of this data set were renamed, added or removed since the run began: labels may stand for other people";

const NOT_FINITE =
  "the network's embeddings are not finite numbers, so their angles are left out: training diverged in its last steps, lower its learning rate";

/** Embeds samples, without those that cannot be read. */
async function embedSamples(
  embedder: NetworkEmbedder,
  dataset: FaceDataset,
  samples: readonly MeasuredSample[],
  { network, onProgress }: { network: Network; onProgress: (done: number, total: number) => void },
) {
  const embeddings: Float32Array[] = [];
  const labels: number[] = [];
  const brokenImages: BrokenImage[] = [];
  for (let start = 0; start < samples.length; start += CHUNK) {
    const chunk = samples.slice(start, start + CHUNK);
    const read = await Promise.all(chunk.map((sample) => readSample(dataset, sample, network.inputSize)));
    const images = read.flatMap((result) => ("image" in result ? [result] : []));
    brokenImages.push(...read.flatMap((result) => ("image" in result ? [] : [result])));
    labels.push(...images.map(({ center }) => center));
    if (images.length > 0) embeddings.push((await embedder.embed(images.map(({ image }) => image))).data);
    onProgress(start + chunk.length, samples.length);
  }
  return { embeddings: concatenate(embeddings), labels, brokenImages };
}

async function readSample(
  dataset: FaceDataset,
  { index, center }: MeasuredSample,
  [height, width]: readonly [number, number],
): Promise<{ readonly image: RgbImage; readonly center: number } | BrokenImage> {
  try {
    return { image: await fitToInput((await dataset.read(index)).image, height, width), center };
  } catch (cause) {
    if (!(cause instanceof ImageError)) throw cause;
    const source = dataset.source(index);
    return { index, source, reason: cause.message.replace(`${source}: `, "") };
  }
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** A sample of the data set, and the index of its identity's center among those measured. */
type MeasuredSample = { readonly index: number; readonly center: number };

/** At most `most` samples of the measured identities, evenly taken. */
function evenSamples({ labels }: FaceDataset, measured: Int32Array, most: number): MeasuredSample[] {
  const centers = new Map(Array.from(measured, (label, center) => [label, center]));
  const candidates = Uint32Array.from(labels.keys()).filter((index) => centers.has(at(labels, index)));
  const count = Math.min(most, candidates.length);
  return Array.from({ length: count }, (_, i) => at(candidates, Math.floor((i * candidates.length) / count))).flatMap(
    (index) => {
      const center = centers.get(at(labels, index));
      return center === undefined ? [] : [{ index, center }];
    },
  );
}

/** Replaces indices of measured centers by their labels. */
function labelCenters(geometry: CenterGeometry, labels: Int32Array): CenterGeometry {
  return {
    ...geometry,
    nearestIdentity: geometry.nearestIdentity.map((index) => at(labels, index)),
    closestPairs: geometry.closestPairs.map((pair) => ({
      ...pair,
      first: at(labels, pair.first),
      second: at(labels, pair.second),
    })),
  };
}

function labelSamples(geometry: SampleGeometry, labels: Int32Array): SampleGeometry {
  return {
    ...geometry,
    nearestOther: geometry.nearestOther.map((index) => at(labels, index)),
    perIdentity: geometry.perIdentity.map((identity) => ({ ...identity, label: at(labels, identity.label) })),
  };
}
