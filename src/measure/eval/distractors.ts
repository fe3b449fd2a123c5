/**
 * Identification and verification among distractors, as in MegaFace's first challenge: faces of known people, in a
 * gallery with up to a million faces of other people.
 */
import { OptionError, requireInteger, requireKnownKeys, requireObject } from "../../base/core/index.ts";
import type { Embeddings } from "./embeddings.ts";
import { CosineScan } from "./exact-scan.ts";
import { type HighestCosinesOptions, highestCosines } from "./highest-cosines.ts";
import { type LabeledEmbeddings, requireLabels } from "./search-gallery.ts";
import { type OperatingPoint, type Refusal, requireRates, tarAtHighest } from "./tar-at-far.ts";

/** What to measure. */
export type DistractorOptions = {
  /** Length of the curve of rank-k rates; default 10. */
  readonly maximumRank?: number;
  /** False accept rates; default 1e-6. Memory grows with the highest of them. */
  readonly fars?: readonly number[];
} & Pick<HighestCosinesOptions, "threads" | "onProgress">;

/** Identification and verification rates among distractors. */
export type DistractorResult = {
  readonly probeCount: number;
  readonly distractorCount: number;
  /** Identification trials: each image of a person as probe, with each other image of that person as its mate. */
  readonly trialCount: number;
  /**
   * Element k − 1 is the rank-k rate: the share of trials in which fewer than k distractors score as high as the
   * mate.
   */
  readonly rankRates: Float64Array;
  /**
   * The same with the other tie rule: a distractor that scores as high as the mate ranks behind it, so that element
   * k − 1 is the share of trials in which the mate's score is at least that of the k-th best distractor.
   */
  readonly lenientRankRates: Float64Array;
  /** TAR at each FAR. Genuine pairs are two images of one person; impostor pairs are a probe and a distractor. */
  readonly points: readonly (OperatingPoint | Refusal)[];
};

/**
 * Searches for each probe's mates among distractors. A mate is another image of the probe's person; for each trial the
 * gallery contains one mate and the distractors, so the person's other images do not compete with it. A distractor that
 * ties with the mate ranks before it in `rankRates`, and behind it in `lenientRankRates`, as in scripts that stand in
 * for the devkit (FaceX-Zoo). A person with one image has no mate and contributes impostor pairs only.
 *
 * @param probes images of known people.
 * @param distractors images of other people. A million 512-d embeddings take 2 GB and about the time of one matrix
 *   product.
 * @throws {OptionError} when no person has two images, counts or sizes differ, an option is out of range, or a row is
 *   not finite.
 * @see Kemelmacher-Shlizerman et al., The MegaFace Benchmark, CVPR 2016: https://arxiv.org/abs/1512.00596
 */
export async function evaluateDistractors(
  probes: LabeledEmbeddings,
  distractors: Embeddings,
  given: DistractorOptions = {},
): Promise<DistractorResult> {
  requireKnownKeys("options of evaluateDistractors", given, {
    maximumRank: true,
    fars: true,
    threads: true,
    onProgress: true,
  });
  const { maximumRank = 10, fars = [1e-6], ...options } = given;
  requireInteger("maximumRank", maximumRank, 1);
  requireRates(fars);
  requireObject("probes", probes);
  requireObject("distractors", distractors);
  const { embeddings } = probes;
  requireObject("probes", embeddings);
  requireLabels("probes", probes);
  const mates = matePairs(probes);
  if (mates.length === 0) {
    throw new OptionError(
      `got ${embeddings.count} probes of as many people, expected at least two of one person: one is the other's mate`,
    );
  }
  const impostorCount = embeddings.count * distractors.count;
  const highestFar = fars.reduce((highest, far) => Math.max(highest, far), 0);
  const found = await highestCosines(embeddings, distractors, {
    ...options,
    neighborCount: maximumRank,
    // One more than the FAR accepts: the threshold lies right above it.
    pairCount: Math.min(impostorCount, Math.ceil(highestFar * impostorCount) + 1),
  });
  const genuine = Float32Array.from(mates, ({ score }) => score);
  const counts = new Float64Array(maximumRank);
  const lenientCounts = new Float64Array(maximumRank);
  const width = found.neighborCount;
  for (const { left, right, score } of mates) {
    for (const probe of [left, right]) {
      const nearest = found.scores.subarray(probe * width, (probe + 1) * width);
      const ahead = firstOr(nearest, (other) => other < score);
      if (ahead < maximumRank) counts[ahead]!++;
      const above = firstOr(nearest, (other) => other <= score);
      if (above < maximumRank) lenientCounts[above]!++;
    }
  }
  const trialCount = 2 * mates.length;
  return {
    probeCount: embeddings.count,
    distractorCount: distractors.count,
    trialCount,
    rankRates: cumulativeShares(counts, trialCount),
    lenientRankRates: cumulativeShares(lenientCounts, trialCount),
    points: tarAtHighest({ genuine, impostor: found.pairs.scores }, impostorCount, fars),
  };
}

/** Pairs of images of one person, with their cosines in f32. */
function matePairs({ embeddings, identities }: LabeledEmbeddings) {
  const scan = new CosineScan("probes", embeddings);
  const imagesOf = new Map<number, number[]>();
  const pairs: { left: number; right: number; score: number }[] = [];
  for (const [right, identity] of Array.from(identities).entries()) {
    const others = imagesOf.get(identity) ?? [];
    for (const left of others) {
      const [cosine = Number.NaN] = scan.cosines(scan, left, right, right + 1);
      pairs.push({ left, right, score: Math.fround(cosine) });
    }
    others.push(right);
    imagesOf.set(identity, others);
  }
  return pairs;
}

/** Index of the first score that passes the test; the number of scores if none does. */
function firstOr(scores: Float32Array, test: (score: number) => boolean): number {
  const first = scores.findIndex(test);
  return first < 0 ? scores.length : first;
}

/** Running sums of counts, as shares of all trials. */
function cumulativeShares(counts: Float64Array, trialCount: number): Float64Array {
  let sum = 0;
  return counts.map((count) => {
    sum += count;
    return sum / trialCount;
  });
}
