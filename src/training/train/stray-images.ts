/**
 * Training images that lie far from their identity's center, as the authors of sub-centers clean a data set: of an
 * identity with several centers the dominant one is that to which most of its images are nearest, and images farther
 * than 75° from it are probably of somebody else. Nothing is removed: the result is a list for curation.
 *
 * @see Deng et al., Sub-center ArcFace, ECCV 2020, section 3.4.
 */
import {
  OptionError,
  requireBetween,
  requireFields,
  requireKind,
  requireKnownKeys,
  TrainingError,
} from "../../base/core/index.ts";
import type { FaceDataset } from "../../base/data/index.ts";
import type { BrokenImage } from "../batches/index.ts";
import { at } from "../losses/index.ts";
import { embedSamples, openRunNetwork } from "./embed-samples.ts";
import { isDataOf } from "./fingerprint.ts";
import type { TrainingOptions } from "./options.ts";
import { allCenters, requireCheckpoint } from "./read-centers.ts";
import { OTHER_DATA } from "./run-geometry.ts";

/** How far is far, and the network of the run. */
export type StrayImagesOptions = {
  /** Images farther from their identity's dominant center are strays; in degrees, default 75. */
  readonly degrees?: number;
  /** The run's network, where it is one of your own; default: found by the name in the run's options. */
  readonly network?: TrainingOptions["network"];
  /** Called with the number of images embedded so far, and of all. */
  readonly onProgress?: (done: number, total: number) => void;
};

/** An image that lies far from its identity's dominant center. */
export type StrayImage = {
  /** Its index in the data set. */
  readonly index: number;
  /** Its origin, such as a path or "train.rec#41822". */
  readonly source: string;
  readonly label: number;
  /** Its angle to the dominant center. */
  readonly degrees: number;
};

/** The strays of a data set. */
export type StrayImages = {
  /** The farthest first. */
  readonly strays: readonly StrayImage[];
  /** Images that were measured. */
  readonly imageCount: number;
  /** Of each identity the index of its dominant center among its own; all 0 with one center an identity. */
  readonly dominant: Uint32Array;
  /** Images that could not be read, and were left out. */
  readonly brokenImages: readonly BrokenImage[];
  /** Sentences about what may mislead. */
  readonly notes: readonly string[];
};

/**
 * Embeds every image of a run's training set by the run's newest checkpoint, and lists those that lie far from their
 * identity's dominant class center.
 *
 * @throws {TrainingError} when the folder holds no checkpoint, or the run diverged; {OptionError} when the data have
 *   another number of identities than the run, or for an angle outside [0, 180].
 */
export async function strayImages(
  folder: string,
  dataset: FaceDataset,
  options: StrayImagesOptions = {},
): Promise<StrayImages> {
  requireKind("folder", folder, "a text");
  requireFields("data set", dataset, { identityCount: "a number", labels: "a list" });
  requireKnownKeys("options of strayImages", options, { degrees: true, network: true, onProgress: true });
  const { degrees = 75, network, onProgress = () => {} } = options;
  requireBetween("strays: degrees", degrees, 0, 180);
  const checkpoint = await requireCheckpoint(folder);
  const { identities, perIdentity, dimension, weights } = allCenters(checkpoint.state);
  if (dataset.identityCount !== identities) {
    throw new OptionError(
      `strays: got data of ${dataset.identityCount} identities, expected the ${identities} that the run was trained on`,
    );
  }
  const directions = unitRows(weights, dimension);
  const cosines = new Float32Array(dataset.sampleCount * perIdentity);
  const measured: number[] = [];
  const brokenImages: BrokenImage[] = [];
  const run = await openRunNetwork(folder, checkpoint.state, network);
  try {
    for await (const part of embedSamples(run, dataset, [...dataset.labels.keys()], onProgress)) {
      brokenImages.push(...part.brokenImages);
      const embeddings = unitRows(part.embeddings, dimension);
      for (const [row, index] of part.indices.entries()) {
        const own = at(dataset.labels, index) * perIdentity;
        for (let k = 0; k < perIdentity; k++) {
          cosines[index * perIdentity + k] = product(embeddings, row, directions, own + k, dimension);
        }
        measured.push(index);
      }
    }
  } finally {
    await run.embedder.close();
  }
  if (!cosines.every(Number.isFinite)) {
    throw new TrainingError("strays: embeddings or class centers are not finite numbers: training diverged");
  }
  const dominant = mostVoted(measured, dataset.labels, cosines, { identities, perIdentity });
  const strays = measured.flatMap((index): StrayImage[] => {
    const label = at(dataset.labels, index);
    const cosine = at(cosines, index * perIdentity + at(dominant, label));
    const angle = (Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI;
    return angle > degrees ? [{ index, source: dataset.source(index), label, degrees: angle }] : [];
  });
  return {
    strays: strays.sort((a, b) => b.degrees - a.degrees),
    imageCount: measured.length,
    dominant,
    brokenImages,
    notes: isDataOf(checkpoint.fingerprint, dataset) ? [] : [OTHER_DATA],
  };
}

/** Of each identity the center to which most of its images are nearest, the first of equal ones. */
function mostVoted(
  indices: readonly number[],
  labels: ArrayLike<number>,
  cosines: Float32Array,
  { identities, perIdentity }: { readonly identities: number; readonly perIdentity: number },
): Uint32Array {
  const votes = new Float32Array(identities * perIdentity);
  for (const index of indices) {
    const nearest = indexOfHighest(cosines.subarray(index * perIdentity, (index + 1) * perIdentity));
    const vote = (labels[index] ?? 0) * perIdentity + nearest;
    votes[vote] = at(votes, vote) + 1;
  }
  return Uint32Array.from({ length: identities }, (_, label) =>
    indexOfHighest(votes.subarray(label * perIdentity, (label + 1) * perIdentity)),
  );
}

const indexOfHighest = (values: Float32Array): number =>
  values.reduce((best, value, k) => (value > at(values, best) ? k : best), 0);

/** Rows of length 1; a row of zeros stays. */
function unitRows(rows: Float32Array, size: number): Float32Array {
  const unit = rows.slice();
  for (let start = 0; start < unit.length; start += size) {
    const row = unit.subarray(start, start + size);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    for (let k = 0; k < size; k++) row[k] = at(row, k) / (length || 1);
  }
  return unit;
}

function product(a: Float32Array, i: number, b: Float32Array, j: number, size: number): number {
  let sum = 0;
  for (let k = 0; k < size; k++) sum += at(a, i * size + k) * at(b, j * size + k);
  return sum;
}
