/**
 * What a threshold decided for the pairs of people whose groups are known. Error rates need only counts: for each
 * person the rejected genuine pairs, and for each two people the accepted impostor pairs. Both are clusters: pairs of
 * one person, and pairs that have a person in common, are not independent.
 */
import { OptionError, requireBetween, requireFields, requireInteger, requireObject } from "../../base/core/index.ts";
import { type CrossPairs, requireCrossPairs } from "../eval/index.ts";

/** The groups, and the group of each person. */
export type PeopleGroups = {
  /** Name of each group, such as "18–30". */
  readonly names: readonly string[];
  /** Group of each person, an index into `names`; −1 for a person of unknown group, whose pairs are left out. */
  readonly groupOf: ArrayLike<number>;
};

/** Pairs with their scores and people, persons as indices into {@link PeopleGroups.groupOf}. */
export type GroupedPairs = {
  readonly genuine: { readonly scores: ArrayLike<number>; readonly people: ArrayLike<number> };
  readonly impostor: {
    readonly scores: ArrayLike<number>;
    readonly left: ArrayLike<number>;
    readonly right: ArrayLike<number>;
  };
};

/** Two different people: their impostor pairs, and how many of them were accepted. */
export type Dyad = {
  readonly left: number;
  readonly right: number;
  readonly pairCount: number;
  readonly errorCount: number;
};

/** Counts of the decisions at a threshold. A pair is accepted when its score ≥ threshold. */
export type GroupDecisions = {
  readonly groups: PeopleGroups;
  readonly threshold: number;
  /** Genuine pairs of each person, and those that were rejected. */
  readonly genuine: { readonly pairCounts: Float64Array; readonly errorCounts: Float64Array };
  /** Two people each with the impostor pairs between them, in any order. */
  readonly dyads: readonly Dyad[];
  /**
   * Images of each person, where every pair of images was compared: dyads without an accepted pair are then missing
   * from `dyads`, and each two people have the product of their counts as pairs. Null for a list of pairs.
   */
  readonly imageCounts: Uint32Array | null;
};

/**
 * Decides listed pairs, as those of LFW or RFW.
 *
 * @throws {OptionError} when counts differ, a person has no entry in `groupOf`, or an impostor pair has one person.
 */
export function decidePairs(pairs: GroupedPairs, groups: PeopleGroups, threshold: number): GroupDecisions {
  requireObject("pairs", pairs);
  requireFields("groups", groups, { names: "a list", groupOf: "a list" });
  requireFields("genuine pairs", pairs.genuine, { scores: "a list", people: "a list" });
  requireFields("impostor pairs", pairs.impostor, { scores: "a list" });
  requireGroups(groups);
  requireBetween("threshold", threshold, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  const { genuine, impostor } = pairs;
  requireEqual("genuine pairs", genuine.scores, genuine.people);
  requireEqual("impostor pairs", impostor.scores, impostor.left);
  requireEqual("impostor pairs", impostor.scores, impostor.right);
  const personCount = groups.groupOf.length;
  const pairCounts = new Float64Array(personCount);
  const errorCounts = new Float64Array(personCount);
  for (let i = 0; i < genuine.scores.length; i++) {
    const person = requirePerson(genuine.people[i], personCount);
    pairCounts[person]!++;
    if (!(genuine.scores[i]! >= threshold)) errorCounts[person]!++;
  }
  const dyads = new DyadCounts(personCount);
  for (let i = 0; i < impostor.scores.length; i++) {
    const left = requirePerson(impostor.left[i], personCount);
    const right = requirePerson(impostor.right[i], personCount);
    if (left === right) throw new OptionError(`impostor pair ${i}: got one person twice, expected two people`);
    dyads.add(left, right, 1, Number(impostor.scores[i]! >= threshold));
  }
  return { groups, threshold, genuine: { pairCounts, errorCounts }, dyads: dyads.list(), imageCounts: null };
}

/**
 * Decides all pairs of images of labeled people. Persons are numbered as `pairs` numbers them: in order of first
 * appearance.
 *
 * @throws {OptionError} when a person has no entry in `groupOf`, or the threshold is so low that some impostor pairs
 *   above it were not kept.
 */
export function decideCrossPairs(pairs: CrossPairs, groups: PeopleGroups, threshold: number): GroupDecisions {
  requireCrossPairs(pairs);
  requireGroups(groups);
  requireBetween("threshold", threshold, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  const { imageCounts, genuine, impostor, impostorCount, identityCount } = pairs;
  if (groups.groupOf.length !== identityCount) {
    throw new OptionError(`groups: got those of ${groups.groupOf.length} people, expected ${identityCount}`);
  }
  const errorCounts = new Float64Array(identityCount);
  for (const [i, person] of genuine.identities.entries()) {
    if (!(genuine.scores[i]! >= threshold)) errorCounts[person]!++;
  }
  const dyads = new DyadCounts(identityCount);
  let acceptedCount = 0;
  for (const [i, score] of impostor.scores.entries()) {
    if (score < threshold) continue;
    acceptedCount++;
    const [left = 0, right = 0] = [impostor.left[i], impostor.right[i]];
    dyads.add(left, right, 0, 1);
  }
  if (acceptedCount === impostor.scores.length && acceptedCount < impostorCount) {
    throw new OptionError(
      `threshold: got ${threshold}, at or below all ${acceptedCount} impostor scores kept of ${impostorCount}: keep a larger share`,
    );
  }
  return {
    groups,
    threshold,
    genuine: {
      pairCounts: Float64Array.from(imageCounts, (images) => (images * (images - 1)) / 2),
      errorCounts,
    },
    dyads: dyads
      .list()
      .map((dyad) => ({ ...dyad, pairCount: (imageCounts[dyad.left] ?? 0) * (imageCounts[dyad.right] ?? 0) })),
    imageCounts,
  };
}

/** Adds up the pairs of each two people. */
class DyadCounts {
  readonly #personCount: number;
  readonly #counts = new Map<number, { left: number; right: number; pairCount: number; errorCount: number }>();

  constructor(personCount: number) {
    this.#personCount = personCount;
  }

  add(a: number, b: number, pairCount: number, errorCount: number): void {
    const [left, right] = a < b ? [a, b] : [b, a];
    const key = left * this.#personCount + right;
    const known = this.#counts.get(key);
    if (known === undefined) this.#counts.set(key, { left, right, pairCount, errorCount });
    else {
      known.pairCount += pairCount;
      known.errorCount += errorCount;
    }
  }

  list(): readonly Dyad[] {
    return [...this.#counts.values()];
  }
}

/** @throws {OptionError} unless every person has a group that has a name, or −1. */
function requireGroups({ names, groupOf }: PeopleGroups): void {
  for (let person = 0; person < groupOf.length; person++) {
    requireInteger(`group of person ${person}`, groupOf[person] ?? Number.NaN, -1);
    if (groupOf[person]! < names.length) continue;
    throw new OptionError(`group of person ${person}: got ${groupOf[person]}, expected less than ${names.length}`);
  }
}

function requirePerson(person: number | undefined, personCount: number): number {
  if (person !== undefined && Number.isInteger(person) && person >= 0 && person < personCount) return person;
  throw new OptionError(`pair: got person ${person}, expected one of the ${personCount} people with a group`);
}

function requireEqual(what: string, scores: ArrayLike<number>, people: ArrayLike<number>): void {
  if (scores.length === people.length) return;
  throw new OptionError(`${what}: got ${scores.length} scores and ${people.length} people, expected as many`);
}
