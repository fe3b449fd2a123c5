/**
 * Thresholds for use. A published threshold belongs to one network and one kind of picture; this finds one's own from
 * scores of one's own pairs, says how sure it is, and refuses what the pairs cannot tell.
 *
 * The threshold at a FAR is a quantile of the impostor scores. Of n of them, the number that lies above the true
 * quantile is binomial, so two of the sorted scores enclose it with known probability, whatever their distribution.
 * @see Hahn and Meeker, Statistical Intervals, section 5.2 (distribution-free intervals for quantiles)
 */

import { clopperPearsonInterval, type Interval, requireConfidence, wilsonInterval } from "./confidence.ts";
import { binomialTail } from "./incomplete-beta.ts";
import { type OperatingPoint, type Refusal, tarAtFars } from "./tar-at-far.ts";

/** A threshold with the uncertainty of everything measured at it. */
export type CalibratedThreshold = OperatingPoint & {
  /**
   * Interval for the threshold that has exactly this FAR. `high` is ∞ (null in JSON) when the pairs are too few to bound it from above:
   * the true threshold may lie above every impostor score seen.
   */
  readonly thresholdInterval: Interval;
  /** Clopper and Pearson's interval for the FAR at `threshold`. */
  readonly farInterval: Interval;
  /** Two-sided confidence of all three intervals. */
  readonly confidence: number;
};

/**
 * The lowest threshold for each FAR, as {@link tarAtFar} finds it, with confidence intervals. A FAR below 1 / (number of
 * impostor scores) is refused with the reason; below 10 / (number of impostor scores) the result carries a warning.
 *
 * The intervals suppose independent pairs. Pairs that share images or people tell less than their number suggests.
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
  requireConfidence("calibrateThresholds", confidence);
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
 * @param count size of the sample, of which only the highest need be given; default all of it.
 * @param effective independent scores that tell as much as the sample: each stands for `count / effective` of it.
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

/** The first k in [0, end] for which `holds`, which holds for all larger ones; `end` when for none below it. */
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
