/** The geometry of a run's class centers, and of the faces that it was trained on around them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { OptionError, requireInteger } from "../../base/core/index.ts";
import type { FaceDataset } from "../../base/data/index.ts";
import { fitToInput } from "../../base/image/index.ts";
import {
  type CenterGeometry,
  centerGeometry,
  type SampleGeometry,
  sampleGeometry,
} from "../../measure/hypersphere/index.ts";
import { configureNetwork, findNetwork } from "../nn/index.ts";
import { loadCheckpoint } from "./checkpoint.ts";
import { networkEmbedder } from "./network-embedder.ts";
import type { ResolvedOptions } from "./options.ts";
import { centersOf } from "./read-centers.ts";
import { someCenters } from "./some-centers.ts";

/** What is measured of a run. */
export type RunGeometryOptions = {
  /** At most so many images are embedded, evenly taken; default 2,000, 0 for none. */
  readonly sampleCount?: number;
  /** At most so many class centers are compared with each other, evenly taken; default 10,000. */
  readonly centerCount?: number;
  /** How many of the closest pairs of identities to list; default 20. */
  readonly closestPairCount?: number;
  /** Called with the number of images embedded so far, and of all that will be. */
  readonly onProgress?: (done: number, total: number) => void;
};

/** Where a run's class centers and samples lie. */
export type RunGeometry = {
  /** Steps done. */
  readonly iteration: number;
  /** Identities that the run was trained on; `centers` and `samples` are of an even part where there are many. */
  readonly identityCount: number;
  readonly centers: CenterGeometry;
  /** Undefined when no image was embedded. */
  readonly samples: SampleGeometry | undefined;
};

/** Pictures in memory at once. */
const CHUNK = 256;

/**
 * Measures the newest checkpoint of a run: its class centers among each other, and images of its training set, without
 * augmentation, around them.
 *
 * @throws {TrainingError} when the folder holds no checkpoint; {OptionError} when the data have another number of
 *   identities than the run.
 */
export async function runGeometry(
  folder: string,
  dataset: FaceDataset,
  { sampleCount = 2000, centerCount = 10_000, closestPairCount = 20, onProgress = () => {} }: RunGeometryOptions = {},
): Promise<RunGeometry> {
  requireInteger("geometry: number of images", sampleCount, 0);
  requireInteger("geometry: number of centers", centerCount, 2);
  const checkpoint = await loadCheckpoint(folder);
  const { iteration, ...centers } = centersOf(checkpoint);
  if (dataset.identityCount !== centers.identities) {
    throw new OptionError(
      `geometry: got data of ${dataset.identityCount} identities, expected the ${centers.identities} that the run was trained on`,
    );
  }
  const part = someCenters(centers, centerCount);
  const measured = {
    iteration,
    identityCount: centers.identities,
    centers: labelCenters(centerGeometry({ ...part, closestPairCount }), part.labels),
  };
  const places = new Map(Array.from(part.labels, (label, place) => [label, place]));
  const candidates = Uint32Array.from(dataset.labels.keys()).filter((index) => places.has(dataset.labels[index]!));
  const total = Math.min(sampleCount, candidates.length);
  if (total === 0) return { ...measured, samples: undefined };
  const options = JSON.parse(await readFile(join(folder, "options.json"), "utf8")) as ResolvedOptions;
  const network = configureNetwork(findNetwork(options.network), options);
  const embedder = await networkEmbedder(network, checkpoint!.state, options);
  try {
    const indices = Array.from({ length: total }, (_, i) => candidates[Math.floor((i * candidates.length) / total)]!);
    const embeddings = new Float32Array(total * centers.dimension);
    for (let start = 0; start < total; start += CHUNK) {
      const part = indices.slice(start, start + CHUNK);
      const images = await Promise.all(
        part.map(async (index) => fitToInput((await dataset.read(index)).image, ...network.inputSize)),
      );
      embeddings.set((await embedder.embed(images)).data, start * centers.dimension);
      onProgress(start + part.length, total);
    }
    const labels = indices.map((index) => places.get(dataset.labels[index]!)!);
    return { ...measured, samples: labelSamples(sampleGeometry({ ...part, embeddings, labels }), part.labels) };
  } finally {
    await embedder.close();
  }
}

/** Puts labels where places among the measured centers stand. */
function labelCenters(geometry: CenterGeometry, labels: Int32Array): CenterGeometry {
  return {
    ...geometry,
    nearestIdentity: geometry.nearestIdentity.map((place) => labels[place]!),
    closestPairs: geometry.closestPairs.map((pair) => ({
      ...pair,
      first: labels[pair.first]!,
      second: labels[pair.second]!,
    })),
  };
}

function labelSamples(geometry: SampleGeometry, labels: Int32Array): SampleGeometry {
  return {
    ...geometry,
    nearestOther: geometry.nearestOther.map((place) => labels[place]!),
    perIdentity: geometry.perIdentity.map((identity) => ({ ...identity, label: labels[identity.label]! })),
  };
}
