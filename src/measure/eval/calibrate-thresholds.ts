/**
 * Thresholds for use. A published threshold is valid for one network and one kind of image; this file finds thresholds
 * from the scores of your own pairs, with their uncertainty, and refuses rates that the pairs cannot support.
 *
 * The threshold at a FAR is a quantile of the impostor scores. Of n scores, the number above the true quantile is
 * binomial, so two of the sorted scores enclose the quantile with a known probability, whatever the distribution.
 * @see Hahn and Meeker, Statistical Intervals, section 5.2 (distribution-free intervals for quantiles)
 */

import { clopperPearsonInterval, type Interval, requireConfidence, wilsonInterval } from "./confidence.ts";
import { binomialTail } from "./incomplete-beta.ts";
import { requireBothKinds } from "./pair-scores.ts";
import { type OperatingPoint, type Refusal, tarAtFars } from "./tar-at-far.ts";

/** A threshold with confidence intervals for it and for its rates. */
export type CalibratedThreshold = OperatingPoint & {
  /**
   * Interval for the threshold that has exactly this FAR. `high` is ∞ (null in JSON) when the pairs are too few to
   * bound it from above: the true threshold may lie above every impostor score seen.
   */
  readonly thresholdInterval: Interval;
  /** Clopper-Pearson interval for the FAR at `threshold`. */
  readonly farInterval: Interval;
  /** Two-sided confidence of all three intervals. */
  readonly confidence: number;
};

/**
 * The lowest threshold for each FAR, as {@link tarAtFar} finds it, with confidence intervals. A FAR below 1 / (number
 * of impostor scores) is refused with a reason; below 10 / (number of impostor scores) the result has a warning.
 *
 * The intervals assume independent pairs. Pairs that share images or people carry less information than their number
 * suggests: {@link calibratePeople} accounts for that.
 *
 * @param confidence two-sided, in (0, 1); default 0.95.
 * @throws {OptionError} when there are no genuine or no impostor scores, one is not finite, or a rate is out of range.
 */
export function calibrateThresholds(
  genuine: Float32Array,
  impostor: Float32Array,
  fars: readonly number[],
  { confidence = 0.95 }: { readonly confidence?: number } = {},
): (CalibratedThreshold | Refusal)[] {
  requireConfidence(confidence);
  requireBothKinds({ genuine, impostor });
  const falling = impostor.toSorted().reverse();
  return tarAtFars({ genuine, impostor }, fars).map((point) => {
    if (point.tar === null) return point;
    const { trueAcceptCount, genuineCount, falseAcceptCount, impostorCount } = point;
    return {
      ...point,
      tarInterval: wilsonInterval({ successes: trueAcceptCount, trials: genuineCount }, confidence),
      thresholdInterval: quantileInterval(falling, point.far, confidence),
      farInterval: clopperPearsonInterval({ successes: falseAcceptCount, trials: impostorCount }, confidence),
      confidence,
    };
  });
}

/**
 * Interval for the score that the share `rate` of all impostor pairs exceeds, from a sample in falling order. The k-th
 * highest lies below that score only if fewer than k of the sample exceed it, and above only if k or more do.
 *
 * @param falling the highest scores of the sample, or all of them.
 * @param count size of the whole sample; default the length of `falling`.
 * @param effective effective number of independent scores: each represents `count / effective` of the sample.
 */
export function quantileInterval(
  falling: Float32Array,
  rate: number,
  confidence: number,
  { count = falling.length, effective = count }: { readonly count?: number; readonly effective?: number } = {},
): Interval {
  const outside = (1 - confidence) / 2;
  const independent = Math.floor(effective);
  const step = count / independent;
  const tail = (k: number) => binomialTail(k, independent, rate);
  // The largest k with P(fewer than k exceed it) ≤ outside, and the smallest with P(k or more do) ≤ outside.
  const high = firstWhere(independent + 1, (k) => 1 - tail(k) > outside) - 1;
  const low = firstWhere(independent + 1, (k) => tail(k) <= outside);
  return {
    low: falling[Math.ceil(low * step) - 1] ?? Number.NEGATIVE_INFINITY,
    high: falling[Math.floor(high * step) - 1] ?? Number.POSITIVE_INFINITY,
  };
}

/** The lowest k in [0, end) for which the monotone condition `holds`, or `end`. */
function firstWhere(end: number, holds: (k: number) => boolean): number {
  let low = 0;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
