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
