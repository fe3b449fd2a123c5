/**
 * People behind a list of pairs. A list of template pairs says which pairs show one person, not who it is; templates
 * that genuine pairs connect belong to one person. Pairs of one person are not independent, and the interval of a TAR
 * must count people, not pairs: with a the accepted and n the number of a person's genuine pairs, the variance of the
 * number of accepted pairs is Σ (a − TAR · n)² over people.
 * @see Korn and Graubard, Survey Methodology 24, 1998 (effective sample size for proportions)
 */
import { effectiveCount, effectiveInterval, type Interval } from "../eval/index.ts";

/** The person of each genuine pair, numbered 0, 1, …, from the two rows of each pair. */
export function peopleOfPairs(left: Uint32Array, right: Uint32Array, rowCount: number): Uint32Array {
  const parents = Uint32Array.from({ length: rowCount }, (_, row) => row);
  const rootOf = (row: number): number => {
    let root = row;
    while (parents[root] !== root) root = parents[root]!;
    for (let at = row; parents[at] !== root; ) [at, parents[at]] = [parents[at]!, root];
    return root;
  };
  for (const [i, row] of left.entries()) parents[rootOf(row)] = rootOf(right[i]!);
  const numbers = new Map<number, number>();
  return left.map((row) => {
    const root = rootOf(row);
    const number = numbers.get(root) ?? numbers.size;
    numbers.set(root, number);
    return number;
  });
}

/** Interval of a TAR that allows for dependence between the pairs of one person. */
export type PersonInterval = {
  readonly interval: Interval;
  readonly personCount: number;
  /** Number of independent pairs that would give the same variance. */
  readonly effectiveGenuineCount: number;
};

/**
 * The 95 % interval of the share of `scores` at or above the threshold, by people.
 *
 * @param people the person of each score: 0, 1, … without gaps.
 */
export function personInterval(scores: Float32Array, people: Uint32Array, threshold: number): PersonInterval {
  const personCount = people.reduce((highest, person) => Math.max(highest, person + 1), 0);
  const accepted = new Float64Array(personCount);
  const pairs = new Float64Array(personCount);
  let acceptedCount = 0;
  for (const [i, person] of people.entries()) {
    pairs[person]!++;
    if (!(scores[i]! >= threshold)) continue;
    accepted[person]!++;
    acceptedCount++;
  }
  const tar = acceptedCount / scores.length;
  const variance = accepted.reduce((sum, count, person) => sum + (count - tar * pairs[person]!) ** 2, 0);
  const effectiveGenuineCount = effectiveCount(tar, scores.length, variance);
  return { interval: effectiveInterval(tar, effectiveGenuineCount, 0.95), personCount, effectiveGenuineCount };
}
