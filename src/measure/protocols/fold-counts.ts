/** Pairs of each fold that thresholds of a grid accept: what every rule that tries thresholds chooses by. */
import { OptionError } from "../../base/core/index.ts";
import type { VerificationPair } from "../eval/index.ts";

/** Accepted pairs of one fold at each threshold, and all of its pairs. */
export type FoldCounts = {
  /** Element i: genuine pairs accepted at threshold i. */
  readonly trueAccepts: Uint32Array;
  readonly falseAccepts: Uint32Array;
  readonly genuineCount: number;
  readonly impostorCount: number;
};

/**
 * Counts for each fold, where a pair is accepted if its distance < threshold.
 *
 * @param distances in the order of the pairs.
 * @param thresholds in rising order.
 * @throws {OptionError} when there are fewer than two folds, or one is empty.
 */
export function countFolds(
  distances: Float64Array,
  pairs: readonly Pick<VerificationPair, "same" | "fold">[],
  thresholds: Float64Array,
): FoldCounts[] {
  const foldCount = pairs.reduce((highest, { fold }) => Math.max(highest, fold + 1), 0);
  if (foldCount < 2) throw new OptionError(`got pairs in ${foldCount} folds, expected at least 2`);
  return Array.from({ length: foldCount }, (_, fold) => {
    const kind = (same: boolean) =>
      distances.filter((_, i) => pairs[i]?.fold === fold && pairs[i]?.same === same).sort();
    const [genuine, impostor] = [kind(true), kind(false)];
    if (genuine.length + impostor.length === 0) {
      throw new OptionError(`got no pairs in fold ${fold}, expected some in all ${foldCount}`);
    }
    return {
      trueAccepts: acceptedAt(genuine, thresholds),
      falseAccepts: acceptedAt(impostor, thresholds),
      genuineCount: genuine.length,
      impostorCount: impostor.length,
    };
  });
}

/** The sum over all folds but one. */
export function countOthers(folds: readonly FoldCounts[], left: number): FoldCounts {
  const others = folds.filter((_, fold) => fold !== left);
  const sum = (of: (fold: FoldCounts) => Uint32Array) =>
    others.map(of).reduce((total, counts) => total.map((count, i) => count + (counts[i] ?? 0)));
  const total = (of: (fold: FoldCounts) => number) => others.map(of).reduce((a, b) => a + b, 0);
  return {
    trueAccepts: sum(({ trueAccepts }) => trueAccepts),
    falseAccepts: sum(({ falseAccepts }) => falseAccepts),
    genuineCount: total(({ genuineCount }) => genuineCount),
    impostorCount: total(({ impostorCount }) => impostorCount),
  };
}

/** Pairs decided correctly at threshold `i`. */
export function correctAt({ trueAccepts, falseAccepts, impostorCount }: FoldCounts, i: number): number {
  return (trueAccepts[i] ?? 0) + impostorCount - (falseAccepts[i] ?? 0);
}

/** The first index with the highest value. */
export function firstBest(count: number, valueAt: (index: number) => number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (valueAt(i) > valueAt(best)) best = i;
  return best;
}

/** For each threshold, how many of the values, in rising order, are below it. */
function acceptedAt(values: Float64Array, thresholds: Float64Array): Uint32Array {
  let below = 0;
  return Uint32Array.from(thresholds, (threshold) => {
    while (below < values.length && (values[below] ?? 0) < threshold) below++;
    return below;
  });
}
