import { OptionError } from "../../base/core/index.ts";
import { type ClusteredRate, clusteredRate } from "./clustered-rate.ts";

/**
 * The share of trials that are errors, where all trials of a person are one cluster: genuine pairs, or searches.
 *
 * @param people the person of each trial, any numbers.
 * @param errors whether each trial is an error.
 * @param confidence two-sided, in (0, 1).
 * @throws {OptionError} when there are fewer than two people, or counts differ.
 */
export function personRate(people: readonly number[], errors: readonly boolean[], confidence: number): ClusteredRate {
  if (people.length !== errors.length) {
    throw new OptionError(`got ${errors.length} trials of ${people.length} people, expected a person for each`);
  }
  const clusters = new Map<number, { errors: number; trials: number }>();
  for (const [i, person] of people.entries()) {
    const cluster = clusters.get(person) ?? { errors: 0, trials: 0 };
    cluster.trials++;
    if (errors[i] === true) cluster.errors++;
    clusters.set(person, cluster);
  }
  if (clusters.size < 2) throw new OptionError(`got trials of ${clusters.size} people, expected at least two`);
  const all = [...clusters.values()];
  return clusteredRate(
    {
      errorCount: all.reduce((sum, cluster) => sum + cluster.errors, 0),
      pairCount: people.length,
      personCount: all.length,
      byPerson: (rate) => all.reduce((sum, cluster) => sum + (cluster.errors - rate * cluster.trials) ** 2, 0),
      byDyad: () => 0,
      correction: all.length / (all.length - 1),
      disjointCount: all.length,
    },
    confidence,
  );
}

/** A trial between two people, such as a search for the first that may name the second. */
export type TwoWayTrial = { readonly first: number; readonly second: number; readonly isError: boolean };

/**
 * The share of trials that are errors, where trials with the same first person are dependent, and so are errors with
 * the same second one: the variances of both kinds of clusters, less that of what both share.
 *
 * @param expectedTrials for every person who may be second: how many of the trials would have that person, if errors
 *   struck all of them alike.
 * @param confidence two-sided, in (0, 1).
 * @throws {OptionError} when there are fewer than two first people.
 * @see Cameron, Gelbach and Miller, Robust inference with multiway clustering, J. Business and Economic Statistics 29,
 *   2011: https://doi.org/10.1198/jbes.2010.07136
 */
export function twoWayRate(
  trials: readonly TwoWayTrial[],
  expectedTrials: ReadonlyMap<number, number>,
  confidence: number,
): ClusteredRate {
  const firsts = new Map<number, { errors: number; trials: number }>();
  const seconds = new Map<number, number>();
  const both = new Map<string, number>();
  let errorCount = 0;
  for (const { first, second, isError } of trials) {
    const cluster = firsts.get(first) ?? { errors: 0, trials: 0 };
    cluster.trials++;
    firsts.set(first, cluster);
    if (!isError) continue;
    errorCount++;
    cluster.errors++;
    seconds.set(second, (seconds.get(second) ?? 0) + 1);
    const key = `${first} ${second}`;
    both.set(key, (both.get(key) ?? 0) + 1);
  }
  if (firsts.size < 2) throw new OptionError(`got trials of ${firsts.size} people, expected at least two`);
  const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
  const shared = sum([...both.values()].map((count) => count ** 2));
  return clusteredRate(
    {
      errorCount,
      pairCount: trials.length,
      personCount: firsts.size,
      byPerson: (rate) =>
        sum([...firsts.values()].map((cluster) => (cluster.errors - rate * cluster.trials) ** 2)) +
        Math.max(
          shared,
          sum([...expectedTrials].map(([person, count]) => ((seconds.get(person) ?? 0) - rate * count) ** 2)),
        ),
      byDyad: () => shared,
      correction: firsts.size / (firsts.size - 1),
      disjointCount: firsts.size,
    },
    confidence,
  );
}
