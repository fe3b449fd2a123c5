/**
 * Error rates by group at one threshold for all, and how much they differ. Groups too small to say anything of are
 * refused by name, with what would be needed. Rates have the cluster-robust interval of `clustered-rate.ts`; the
 * numbers that compare groups have the interval that follows from those, of `profile-interval.ts`.
 */
import { OptionError, requireFields, requireObject } from "../../base/core/index.ts";
import { type Interval, requireConfidence } from "../eval/index.ts";
import type { ClusteredRate } from "./clustered-rate.ts";
import {
  balancedErrors,
  type Differential,
  type DifferentialName,
  differentials,
  type GroupErrorRates,
} from "./differentials.ts";
import type { GroupDecisions } from "./group-decisions.ts";
import { falseMatchRates, falseNonMatchRates, membersOf } from "./group-rates.ts";
import { profileInterval } from "./profile-interval.ts";

/** Fewest people of a group: an interval by persons says nothing of fewer. */
export const LEAST_PEOPLE = 10;

/** Fewest pairs are this number over the rate of all groups: where no error would still show a lower rate. */
const LEAST_ERRORS = 3;

/** A rate of a group, or why it is not given. */
export type GroupRate = ClusteredRate | { readonly rate: null; readonly reason: string };

/** The rates of one group. */
export type GroupRates = {
  readonly name: string;
  readonly personCount: number;
  /** Of impostor pairs whose people are both of this group. */
  readonly fmr: GroupRate;
  readonly fnmr: GroupRate;
};

/** A differential with its interval. */
export type MeasuredDifferential = {
  readonly name: DifferentialName;
  readonly title: string;
  readonly meaning: string;
  /** Null where it is undefined, since a group has no error: then only the interval says something. */
  readonly value: number | null;
  readonly interval: Interval;
};

/** Rates by group at one threshold, and what compares them. */
export type GroupComparison = {
  readonly threshold: number;
  readonly confidence: number;
  readonly groups: readonly GroupRates[];
  /** FMR of each group with each: row, column, in the order of `groups`. */
  readonly matrix: readonly (readonly GroupRate[])[];
  /** People of unknown group. */
  readonly leftOutPersonCount: number;
  /** Names of the groups with both rates, which the differentials compare. */
  readonly compared: readonly string[];
  /** Accuracy, 1 − (FMR + FNMR) / 2, of each compared group. */
  readonly accuracies: readonly number[];
  /** Empty, with the reason, where fewer than two groups have both rates. */
  readonly differentials: readonly MeasuredDifferential[];
  readonly reason?: string;
};

/** How groups are compared. */
export type CompareGroupsOptions = {
  /** Two-sided, in (0, 1); default 0.95. */
  readonly confidence?: number;
};

/**
 * Compares the groups of decided pairs.
 *
 * @throws {OptionError} when an option is out of range, or no person has a group.
 */
export function compareGroups(decisions: GroupDecisions, options: CompareGroupsOptions = {}): GroupComparison {
  requireFields("decisions", decisions, { groups: "an object" });
  requireFields("groups", decisions.groups, { names: "a list", groupOf: "a list" });
  requireObject("options of compareGroups", options);
  const { confidence = 0.95 } = options;
  requireConfidence(confidence);
  const { names, groupOf } = decisions.groups;
  const leftOutPersonCount = membersOf(groupOf, -1).length;
  if (leftOutPersonCount === groupOf.length) {
    throw new OptionError(`groups: got ${groupOf.length} people without a group, expected some with one`);
  }
  const found = { fmr: falseMatchRates(decisions, confidence), fnmr: falseNonMatchRates(decisions, confidence) };
  const needed = {
    fmr: pooledRate(found.fmr.flatMap((row, g) => row.slice(g))),
    fnmr: pooledRate(found.fnmr),
  };
  const nameOf = (group: number) => `group '${names[group] ?? group}'`;
  const matrix = found.fmr.map((row, g) =>
    row.map((rate, h) => {
      const who = g === h ? nameOf(g) : `groups '${names[g] ?? g}' and '${names[h] ?? h}'`;
      return judge(rate, needed.fmr, `${who}: FMR`, "impostor pairs", g === h ? LEAST_PEOPLE : 2 * LEAST_PEOPLE);
    }),
  );
  const groups = names.map((name, group): GroupRates => {
    const fnmr = judge(found.fnmr[group], needed.fnmr, `${nameOf(group)}: FNMR`, "genuine pairs", LEAST_PEOPLE);
    const fmr = matrix[group]?.[group] ?? { rate: null, reason: `${nameOf(group)}: no pairs` };
    return { name, personCount: membersOf(groupOf, group).length, fmr, fnmr };
  });
  const compared = groups.flatMap(({ fmr, fnmr }, group) => (fmr.rate === null || fnmr.rate === null ? [] : [group]));
  const estimate: GroupErrorRates = {
    fmr: compared.map((group) => groups[group]?.fmr.rate ?? Number.NaN),
    fnmr: compared.map((group) => groups[group]?.fnmr.rate ?? Number.NaN),
  };
  const common = {
    threshold: decisions.threshold,
    confidence,
    groups,
    matrix,
    leftOutPersonCount,
    compared: compared.map((group) => names[group] ?? ""),
    accuracies: balancedErrors(estimate).map((error) => 1 - error),
  };
  if (compared.length < 2) {
    return {
      ...common,
      differentials: [],
      reason: `${compared.length} ${compared.length === 1 ? "group has" : "groups have"} both rates, expected at least two to compare`,
    };
  }
  const measured = (kind: "fmr" | "fnmr") =>
    compared.flatMap((group) => {
      const rate = groups[group]?.[kind];
      return rate === undefined || rate.rate === null ? [] : [rate];
    });
  const rates = { fmr: measured("fmr"), fnmr: measured("fnmr") };
  const named = Object.entries(differentials) as [DifferentialName, Differential][];
  return {
    ...common,
    differentials: named.map(([name, differential]): MeasuredDifferential => {
      const value = differential.of(estimate);
      const { title, meaning } = differential;
      const isDefined = Number.isFinite(value);
      const interval = isDefined
        ? differentialInterval(differential, rates, confidence)
        : { low: leastRatio(name, rates.fmr, rates.fnmr), high: Number.POSITIVE_INFINITY };
      return { name, title, meaning, value: isDefined ? value : null, interval };
    }),
  };
}

/** The interval of a differential from those of the rates, cut to the values that it can have. */
function differentialInterval(
  { of, compared, kind, equal, isRatio, range: [least, most] }: Differential,
  { fmr, fnmr }: { readonly fmr: readonly ClusteredRate[]; readonly fnmr: readonly ClusteredRate[] },
  confidence: number,
): Interval {
  const [to, from] = isRatio ? [Math.log, Math.exp] : [(x: number) => x, (x: number) => x];
  // Rates that the number does not depend on would only cost time.
  const fixed = { fmr: kind === "fnmr" ? fmr.map(({ rate }) => rate) : [], fnmr: fnmr.map(({ rate }) => rate) };
  const split = (rates: readonly number[]): GroupErrorRates => {
    if (kind === "fmr") return { fmr: rates, fnmr: fixed.fnmr };
    if (kind === "fnmr") return { fmr: fixed.fmr, fnmr: rates };
    return { fmr: rates.slice(0, fmr.length), fnmr: rates.slice(fmr.length) };
  };
  const { low, high } = profileInterval(
    {
      of: (rates) => to(of(split(rates))),
      equal: to(equal),
      compared: (rates) => compared(split(rates)),
    },
    kind === "fmr" ? fmr : kind === "fnmr" ? fnmr : [...fmr, ...fnmr],
    confidence,
  );
  const cut = (value: number) => Math.min(most, Math.max(least, value));
  return { low: cut(from(low)), high: cut(from(high)) };
}

/** Rate of all given pairs together. */
function pooledRate(rates: readonly (ClusteredRate | undefined)[]): number {
  let [errors, pairs] = [0, 0];
  for (const { errorCount, pairCount } of rates.filter((rate) => rate !== undefined)) {
    errors += errorCount;
    pairs += pairCount;
  }
  return errors / pairs;
}

/** The rate, or a refusal with the numbers that would be needed. */
function judge(
  rate: ClusteredRate | undefined,
  overall: number,
  who: string,
  what: string,
  leastPeople: number,
): GroupRate {
  const { personCount = 0, pairCount = 0 } = rate ?? {};
  if (rate === undefined || personCount < leastPeople) {
    const got = rate === undefined ? "too few people with such pairs" : `${personCount} people`;
    return { rate: null, reason: `${who}: ${got}, expected at least ${leastPeople}` };
  }
  const leastPairs = overall > 0 ? Math.ceil(LEAST_ERRORS / overall) : 0;
  if (pairCount < leastPairs) {
    const reason = `${who}: ${pairCount} ${what}, expected at least ${leastPairs} at the rate of all groups, ${overall.toPrecision(2)}`;
    return { rate: null, reason };
  }
  return rate;
}

/**
 * What a ratio is at least, where its divisor has no error: the highest low end over the lowest high end of the rates'
 * intervals. Each end fails with at most half of 1 − confidence, so both hold with the confidence.
 */
function leastRatio(name: DifferentialName, fmr: readonly ClusteredRate[], fnmr: readonly ClusteredRate[]): number {
  const least = (rates: readonly ClusteredRate[]) => {
    const low = rates.reduce((most, { interval }) => Math.max(most, interval.low), 0);
    const high = rates.reduce((fewest, { interval }) => Math.min(fewest, interval.high), 1);
    return Math.max(1, low / high);
  };
  if (name === "ir") return Math.sqrt(least(fmr) * least(fnmr));
  if (name === "fmrMaxMin") return least(fmr);
  if (name === "fnmrMaxMin") return least(fnmr);
  return 1;
}
