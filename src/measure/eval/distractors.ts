/**
 * Identification and verification among distractors, as in MegaFace's first challenge: faces of known people, in a gallery
 * with up to a million faces of strangers.
 */
import { OptionError, requireBetween, requireInteger } from "../../base/core/index.ts";
import { cosineOf, dotProduct, type Embeddings, squaredLengths } from "./embeddings.ts";
import { type HighestCosinesOptions, highestCosines } from "./highest-cosines.ts";
import type { LabeledEmbeddings } from "./search-gallery.ts";
import { type OperatingPoint, type Refusal, tarAtHighest } from "./tar-at-far.ts";

/** What is measured, and how. */
export type DistractorOptions = {
  /** Length of the curve of rank-k rates; default 10. */
  readonly maximumRank?: number;
  /** False accept rates; default 1e-6. The memory used grows with the highest of them. */
  readonly fars?: readonly number[];
} & Pick<HighestCosinesOptions, "threads" | "onProgress">;

/** How known faces stand out among distractors. */
export type DistractorResult = {
  readonly probeCount: number;
  readonly distractorCount: number;
  /** Trials of identification: each image with each other image of its person as the mate in the gallery. */
  readonly trialCount: number;
  /** Element k − 1 is the rank-k rate: the share of trials in which fewer than k distractors score as high as the mate. */
  readonly rankRates: Float64Array;
  /** TAR at each FAR: genuine are the pairs of one person's images, impostor all pairs of a probe and a distractor. */
  readonly points: readonly (OperatingPoint | Refusal)[];
};

/**
 * Searches for each probe's mates among distractors. A mate is another image of the probe's person, and stands in the gallery
 * alone with the distractors: the person's other images do not compete with it. A distractor that ties with the mate beats
 * it. A person with one image has no mate, and takes part as an impostor only.
 *
 * @param probes images of known people.
 * @param distractors images of other people. A million of 512-d are 2 GB, and take about as long as their matrix product.
 * @throws {OptionError} when nobody has two images, counts or sizes differ, an option is out of range, or a row is not finite.
 * @see Kemelmacher-Shlizerman et al., The MegaFace Benchmark, CVPR 2016: https://arxiv.org/abs/1512.00596
 */
export async function evaluateDistractors(
  probes: LabeledEmbeddings,
  distractors: Embeddings,
  { maximumRank = 10, fars = [1e-6], ...options }: DistractorOptions = {},
): Promise<DistractorResult> {
  requireInteger("evaluateDistractors: maximumRank", maximumRank, 1);
  for (const far of fars) requireBetween("evaluateDistractors: far", far, 0, 1);
  const { embeddings, identities } = probes;
  if (identities.length !== embeddings.count) {
    throw new OptionError(`evaluateDistractors: got ${identities.length} identities for ${embeddings.count} probes`);
  }
  const mates = matePairs(probes);
  if (mates.length === 0) {
    throw new OptionError(
      `evaluateDistractors: got ${embeddings.count} probes without two of one person, expected some: there is no mate to find`,
    );
  }
  const impostorCount = embeddings.count * distractors.count;
  const highestFar = fars.reduce((highest, far) => Math.max(highest, far), 0);
  const found = await highestCosines(embeddings, distractors, {
    ...options,
    neighborCount: maximumRank,
    // One more than may be accepted: the threshold lies right above it.
    pairCount: Math.min(impostorCount, Math.ceil(highestFar * impostorCount) + 1),
  });
  const genuine = Float32Array.from(mates, ({ score }) => score);
  const counts = new Float64Array(maximumRank);
  for (const { left, right, score } of mates) {
    for (const probe of [left, right]) {
      const beaters = countReaching(found.scores, probe * found.neighborCount, found.neighborCount, score);
      if (beaters < maximumRank) counts[beaters]!++;
    }
  }
  const trialCount = 2 * mates.length;
  let sum = 0;
  return {
    probeCount: embeddings.count,
    distractorCount: distractors.count,
    trialCount,
    rankRates: counts.map((count) => {
      sum += count;
      return sum / trialCount;
    }),
    points: tarAtHighest({ genuine, impostor: found.pairs.scores }, impostorCount, fars),
  };
}

/** Pairs of images of one person, with their cosines in f32. */
function matePairs({ embeddings, identities }: LabeledEmbeddings) {
  const { count, size, data } = embeddings;
  const squares = squaredLengths("evaluateDistractors: probes", embeddings);
  const imagesOf = new Map<number, number[]>();
  const pairs: { left: number; right: number; score: number }[] = [];
  for (let right = 0; right < count; right++) {
    const others = imagesOf.get(identities[right]!) ?? [];
    for (const left of others) {
      const product = dotProduct(data, left * size, data, right * size, size);
      pairs.push({ left, right, score: Math.fround(cosineOf(product, squares[left]!, squares[right]!)) });
    }
    others.push(right);
    imagesOf.set(identities[right]!, others);
  }
  return pairs;
}

/** How many of some falling scores are at least `score`. */
function countReaching(scores: Float32Array, start: number, count: number, score: number): number {
  let reaching = 0;
  while (reaching < count && scores[start + reaching]! >= score) reaching++;
  return reaching;
}
