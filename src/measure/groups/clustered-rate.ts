/**
 * An error rate of pairs that share people, with an interval that accounts for it. The variance is summed over clusters
 * as in `eval/calibrate-people.ts`: genuine pairs by person, impostor pairs over all pairs of pairs that have a person
 * in common, and at least that of independent clusters. Two corrections for few people are added, because a group often
 * has some dozens where a whole data set has hundreds. The deviations are from an estimated rate, which they make too
 * small: the variance is multiplied by n / (n − 1) for n people with pairs of their own, and by n (n − 1) / (n −
 * 2)² for pairs of each with each. And the effective number of pairs is reduced as if the normal quantile were
 * Student's with n − 1 degrees of freedom.
 *
 * Without an error, or with errors only, the dependence cannot be estimated. Then as many pairs count as there are
 * clusters that share nobody: every person for genuine pairs, half of the people for impostor pairs. Such an interval
 * is wide, and it covers.
 * @see Korn and Graubard, Survey Methodology 24, 1998 (effective sample size, degrees of freedom)
 * @see Aronow, Samii and Assenova, Political Analysis 23, 2015: https://doi.org/10.1093/pan/mpv018
 */
import { effectiveInterval, type Interval, probit, studentQuantile } from "../eval/index.ts";

/** A rate with its counts and its interval. */
export type ClusteredRate = {
  /** Share of the pairs that were decided wrongly. */
  readonly rate: number;
  readonly interval: Interval;
  readonly errorCount: number;
  readonly pairCount: number;
  /** Number of independent pairs that would give the same variance. */
  readonly effectiveCount: number;
  /** People with at least one of the pairs. */
  readonly personCount: number;
};

/** Sums over the clusters of a set of pairs, with k errors and t pairs in each. */
export type ClusterSums = {
  readonly errorCount: number;
  readonly pairCount: number;
  readonly personCount: number;
  /** Σ over people of (k − rate · t)², as a function of the rate. */
  readonly byPerson: (rate: number) => number;
  /** Σ over two people each of (k − rate · t)²; 0 where each pair has only one person. */
  readonly byDyad: (rate: number) => number;
  /** What the variance of few people is multiplied by. */
  readonly correction: number;
  /** Clusters without a person in common that the people make. */
  readonly disjointCount: number;
};

/** The rate of some pairs with its interval. @param confidence two-sided, in (0, 1). */
export function clusteredRate(sums: ClusterSums, confidence: number): ClusteredRate {
  const { errorCount, pairCount, personCount } = sums;
  const rate = errorCount / pairCount;
  const effectiveCount = effectiveCountOf(sums, rate, confidence);
  const interval = effectiveInterval(rate, effectiveCount, confidence);
  return { rate, interval, errorCount, pairCount, effectiveCount, personCount };
}

function effectiveCountOf(sums: ClusterSums, rate: number, confidence: number): number {
  const { pairCount, personCount, disjointCount, correction } = sums;
  const independent = sums.byDyad(rate);
  const variance = correction * Math.max(sums.byPerson(rate) - independent, independent);
  const fewest = Math.max(1, Math.min(pairCount, disjointCount));
  if (!(rate > 0 && rate < 1 && variance > 0)) return fewest;
  const upper = (1 + confidence) / 2;
  const shrink = (probit(upper) / studentQuantile(upper, personCount - 1)) ** 2;
  return Math.min(pairCount, Math.max(1, (shrink * rate * (1 - rate) * pairCount ** 2) / variance));
}
