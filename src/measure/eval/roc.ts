import { type PairScores, requireBothKinds } from "./pair-scores.ts";

/**
 * Receiver operating characteristic: the rates at every threshold that changes one of them, from the highest
 * threshold down, so that both rates rise. Equal scores are one point.
 */
export type RocCurve = {
  /** ∞ first, which accepts nothing; then every distinct score, in falling order. */
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
  requireBothKinds("rocCurve", scores);
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
 * Area under the ROC curve: the chance that a genuine pair scores higher than an impostor pair, ties counting half.
 * 1 when all genuine pairs score higher, 0.5 when all scores are equal, 0 when all genuine pairs score lower.
 *
 * @throws {OptionError} when there are no genuine or no impostor scores, or one is not finite.
 */
export function areaUnderCurve(scores: PairScores): number {
  requireBothKinds("areaUnderCurve", scores);
  const impostor = scores.impostor.toSorted();
  let below = 0;
  let notAbove = 0;
  let halves = 0;
  for (const score of scores.genuine.toSorted()) {
    while (impostor[below]! < score) below++;
    while (impostor[notAbove]! <= score) notAbove++;
    halves += below + notAbove;
  }
  return halves / (2 * scores.genuine.length * impostor.length);
}

/** Where both kinds of error are equally frequent. */
export type EqualErrorRate = {
  /** The rate, in [0, 1]; 0 when all genuine pairs score higher than all impostor pairs. */
  readonly rate: number;
  /** The score at which the two rates are closest, of the two points that were interpolated between. */
  readonly threshold: number;
  readonly genuineCount: number;
  readonly impostorCount: number;
};

/**
 * Equal error rate: FAR where it equals FRR = 1 − TAR, on the straight line between the two neighboring points of the
 * ROC curve where no point has both equal. When all scores are equal this is 0.5.
 *
 * @throws {OptionError} when there are no genuine or no impostor scores, or one is not finite.
 */
export function equalErrorRate(scores: PairScores): EqualErrorRate {
  requireBothKinds("equalErrorRate", scores);
  const { thresholds, fars, tars } = rocCurve(scores);
  // FAR − FRR rises from −1 (nothing accepted) to 1 (all accepted), strictly, so it passes 0 once.
  const difference = (i: number) => fars[i]! + tars[i]! - 1;
  let i = 1;
  while (difference(i) < 0) i++;
  const before = -difference(i - 1);
  const after = difference(i);
  const share = before / (before + after);
  return {
    rate: fars[i - 1]! + share * (fars[i]! - fars[i - 1]!),
    // The point before the first score is no score.
    threshold: thresholds[after <= before || i === 1 ? i : i - 1]!,
    genuineCount: scores.genuine.length,
    impostorCount: scores.impostor.length,
  };
}
