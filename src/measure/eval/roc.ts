import { type PairScores, requireBothKinds } from "./pair-scores.ts";

/**
 * Receiver operating characteristic: both rates at every threshold that changes one of them, in falling order of the
 * threshold, so that both rates rise. Equal scores make one point.
 */
export type RocCurve = {
  /** ∞ first, which accepts no pair; then every distinct score, in falling order. */
  readonly thresholds: Float64Array;
  /** False accept rate: the share of impostor pairs with score ≥ threshold; from 0 to 1. */
  readonly fars: Float64Array;
  /** True accept rate: the share of genuine pairs with score ≥ threshold; from 0 to 1. */
  readonly tars: Float64Array;
};

/**
 * The ROC curve of scores.
 *
 * @throws {OptionError} when there are no genuine or no impostor scores, or one is not finite.
 */
export function rocCurve(scores: PairScores): RocCurve {
  requireBothKinds(scores);
  const genuine = scores.genuine.toSorted();
  const impostor = scores.impostor.toSorted();
  const thresholds = [Number.POSITIVE_INFINITY];
  const fars = [0];
  const tars = [0];
  let genuineLeft = genuine.length;
  let impostorLeft = impostor.length;
  while (genuineLeft > 0 || impostorLeft > 0) {
    const nextGenuine = genuine[genuineLeft - 1] ?? Number.NEGATIVE_INFINITY;
    const threshold = Math.max(nextGenuine, impostor[impostorLeft - 1] ?? Number.NEGATIVE_INFINITY);
    while (genuine[genuineLeft - 1] === threshold) genuineLeft--;
    while (impostor[impostorLeft - 1] === threshold) impostorLeft--;
    thresholds.push(threshold);
    fars.push((impostor.length - impostorLeft) / impostor.length);
    tars.push((genuine.length - genuineLeft) / genuine.length);
  }
  return {
    thresholds: Float64Array.from(thresholds),
    fars: Float64Array.from(fars),
    tars: Float64Array.from(tars),
  };
}

/**
 * Area under the ROC curve: the probability that a genuine pair scores higher than an impostor pair, with ties counted
 * half. 1 when all genuine pairs score higher, 0.5 when all scores are equal, 0 when all genuine pairs score lower.
 *
 * @throws {OptionError} when there are no genuine or no impostor scores, or one is not finite.
 */
export function areaUnderCurve(scores: PairScores): number {
  requireBothKinds(scores);
  const impostor = scores.impostor.toSorted();
  let below = 0;
  let notAbove = 0;
  let halves = 0;
  for (const score of scores.genuine.toSorted()) {
    while ((impostor[below] ?? Number.POSITIVE_INFINITY) < score) below++;
    while ((impostor[notAbove] ?? Number.POSITIVE_INFINITY) <= score) notAbove++;
    halves += below + notAbove;
  }
  return halves / (2 * scores.genuine.length * impostor.length);
}

/** The rate at which both kinds of error are equally frequent. */
export type EqualErrorRate = {
  /** The rate, in [0, 1]; 0 when all genuine pairs score higher than all impostor pairs. */
  readonly rate: number;
  /** The score at which the two rates are closest, of the two points of the interpolation. */
  readonly threshold: number;
  readonly genuineCount: number;
  readonly impostorCount: number;
};

/**
 * Equal error rate: the FAR that equals FRR = 1 − TAR, interpolated on the straight line between two neighboring
 * points of the ROC curve where no point has both equal. When all scores are equal it is 0.5.
 *
 * @throws {OptionError} when there are no genuine or no impostor scores, or one is not finite.
 */
export function equalErrorRate(scores: PairScores): EqualErrorRate {
  requireBothKinds(scores);
  const { thresholds, fars, tars } = rocCurve(scores);
  // FAR − FRR rises strictly from −1 (no pair accepted) to 1 (all accepted), so it crosses 0 once.
  const differences = tars.map((tar, i) => (fars[i] ?? Number.NaN) + tar - 1);
  const i = differences.findIndex((difference) => difference >= 0);
  const [before = 0, after = 0] = differences.subarray(i - 1);
  const share = -before / (after - before);
  const [farBefore = 0, farAfter = 0] = fars.subarray(i - 1);
  return {
    rate: farBefore + share * (farAfter - farBefore),
    // The first threshold, ∞, is not a score.
    threshold: thresholds[after <= -before || i === 1 ? i : i - 1]!,
    genuineCount: scores.genuine.length,
    impostorCount: scores.impostor.length,
  };
}
