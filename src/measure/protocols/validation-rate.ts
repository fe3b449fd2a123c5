/**
 * InsightFace's VAL at a FAR: the TAR of a fold at the threshold that gives the FAR on the other folds, found by linear
 * interpolation between thresholds 0, 0.001, … 3.999 of squared distance.
 *
 * Of several thresholds with the same FAR the last one counts, and the line leads from there to the next one, as
 * scipy's `interp1d(kind="slinear")` has it. Where the FAR is never reached the threshold is 0, which accepts nothing.
 * @see InsightFace, arcface_torch, `eval/verification.py`, calculate_val
 */
import { countOthers, type FoldCounts } from "./fold-counts.ts";

/** Mean over folds. */
export type ValidationRate = {
  readonly far: number;
  /** Mean TAR of the folds. */
  readonly rate: number;
  /** Standard deviation over folds, with n in the denominator. */
  readonly standardDeviation: number;
  /** Mean FAR of the folds, as measured at their thresholds. */
  readonly measuredFar: number;
  readonly thresholds: readonly number[];
};

/**
 * The validation rate.
 *
 * @param folds counts at each of `thresholds`.
 * @param acceptedBelow counts of a fold at any threshold: genuine and impostor pairs with a distance below it.
 */
export function validationRate(
  folds: readonly FoldCounts[],
  thresholds: Float64Array,
  far: number,
  acceptedBelow: (fold: number, threshold: number) => { readonly genuine: number; readonly impostor: number },
): ValidationRate {
  const chosen = folds.map((_, fold) => thresholdAtFar(countOthers(folds, fold), thresholds, far));
  const measured = chosen.map((threshold, fold) => {
    const { genuine, impostor } = acceptedBelow(fold, threshold);
    const { genuineCount = 0, impostorCount = 0 } = folds[fold] ?? {};
    return { tar: genuine / genuineCount, far: impostor / impostorCount };
  });
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const rate = mean(measured.map(({ tar }) => tar));
  return {
    far,
    rate,
    standardDeviation: Math.sqrt(mean(measured.map(({ tar }) => (tar - rate) ** 2))),
    measuredFar: mean(measured.map((fold) => fold.far)),
    thresholds: chosen,
  };
}

function thresholdAtFar({ falseAccepts, impostorCount }: FoldCounts, thresholds: Float64Array, far: number): number {
  const fars = Array.from(falseAccepts, (count) => count / impostorCount);
  const last = fars.findLastIndex((value) => value <= far);
  const next = last + 1;
  if (Math.max(...fars) < far || last < 0) return 0;
  const [low = 0, high = 0] = [thresholds[last], thresholds[next]];
  const [farLow = 0, farHigh] = [fars[last], fars[next]];
  return farHigh === undefined ? low : low + ((far - farLow) / (farHigh - farLow)) * (high - low);
}
