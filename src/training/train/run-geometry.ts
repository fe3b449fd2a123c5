/** The geometry of a run's class centers, and of the faces that it was trained on around them. */
import { OptionError, requireInteger, requireKind, requireKnownKeys, TrainingError } from "../../base/core/index.ts";
import type { FaceDataset } from "../../base/data/index.ts";
import {
  type CenterGeometry,
  centerGeometry,
  type SampleGeometry,
  sampleGeometry,
} from "../../measure/hypersphere/index.ts";
import type { BrokenImage } from "../batches/index.ts";
import { at } from "../losses/index.ts";
import { embedSamples, openRunNetwork } from "./embed-samples.ts";
import { isDataOf } from "./fingerprint.ts";
import type { TrainingOptions } from "./options.ts";
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
  requireKind("folder", folder, "a text");
  requireKnownKeys("options of runGeometry", options, {
    sampleCount: true,
    centerCount: true,
    closestPairCount: true,
    onProgress: true,
    network: true,
  });
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
  const run = await openRunNetwork(folder, checkpoint.state, options.network);
  try {
    const embedded = await embedChosen(run, dataset, chosen, onProgress);
    const { embeddings, labels, brokenImages } = embedded;
    if (labels.length === 0) return { ...measured, samples: undefined, brokenImages, notes };
    if (!embeddings.every(Number.isFinite)) {
      return { ...measured, samples: undefined, brokenImages, notes: [...notes, NOT_FINITE] };
    }
    const samples = labelSamples(sampleGeometry({ ...part, embeddings, labels }), part.labels);
    return { ...measured, samples, brokenImages, notes };
  } finally {
    await run.embedder.close();
  }
}

/** Why the results may be of other people. */
export const OTHER_DATA =
  "people or images of this data set were renamed, added or removed since the run began: labels may stand for other people";

const NOT_FINITE =
  "the network's embeddings are not finite numbers, so their angles are left out: training diverged in its last steps, lower its learning rate";

/** Embeds samples, without those that cannot be read. */
async function embedChosen(
  run: Awaited<ReturnType<typeof openRunNetwork>>,
  dataset: FaceDataset,
  samples: readonly MeasuredSample[],
  onProgress: (done: number, total: number) => void,
) {
  const centers = new Map(samples.map(({ index, center }) => [index, center]));
  const embeddings: Float32Array[] = [];
  const labels: number[] = [];
  const brokenImages: BrokenImage[] = [];
  for await (const part of embedSamples(run, dataset, [...centers.keys()], onProgress)) {
    embeddings.push(part.embeddings);
    labels.push(...part.indices.flatMap((index) => centers.get(index) ?? []));
    brokenImages.push(...part.brokenImages);
  }
  return { embeddings: concatenate(embeddings), labels, brokenImages };
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
