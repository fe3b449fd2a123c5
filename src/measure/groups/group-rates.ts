/** False match and false non-match rates by group, and false match rates between groups. */
import { type ClusteredRate, type ClusterSums, clusteredRate } from "./clustered-rate.ts";
import type { Dyad, GroupDecisions } from "./group-decisions.ts";

/** The FNMR of each group; undefined for a group without genuine pairs of at least two people. */
export function falseNonMatchRates(
  { groups, genuine }: GroupDecisions,
  confidence: number,
): (ClusteredRate | undefined)[] {
  const { pairCounts, errorCounts } = genuine;
  return groups.names.map((_, group) => {
    const people = membersOf(groups.groupOf, group).filter((person) => pairCounts[person]! > 0);
    if (people.length < 2) return undefined;
    const sumOf = (values: Float64Array) => people.reduce((sum, person) => sum + values[person]!, 0);
    return clusteredRate(
      {
        errorCount: sumOf(errorCounts),
        pairCount: sumOf(pairCounts),
        personCount: people.length,
        byPerson: (rate) =>
          people.reduce((sum, person) => sum + (errorCounts[person]! - rate * pairCounts[person]!) ** 2, 0),
        byDyad: () => 0,
        correction: people.length / (people.length - 1),
        disjointCount: people.length,
      },
      confidence,
    );
  });
}

/**
 * The FMR of each pair of groups: row g, column h. Cells with g = h are the pairs of different people of one group. A
 * cell is undefined where no two people of these groups were compared, or all pairs share one person.
 */
export function falseMatchRates(decisions: GroupDecisions, confidence: number): (ClusteredRate | undefined)[][] {
  const { names } = decisions.groups;
  const dyads = dyadsByCell(decisions);
  const half = names.map((_, g) =>
    names.map((_, h) => {
      if (h < g) return undefined;
      const sums = cellSums(decisions, dyads.get(g * names.length + h) ?? [], g, h);
      return sums.pairCount === 0 || sums.personCount < 3 ? undefined : clusteredRate(sums, confidence);
    }),
  );
  return names.map((_, g) => names.map((_, h) => half[Math.min(g, h)]?.[Math.max(g, h)]));
}

/** People of a group. */
export function membersOf(groupOf: ArrayLike<number>, group: number): number[] {
  return Array.from(groupOf).flatMap((own, person) => (own === group ? [person] : []));
}

/** The dyads between each two groups, by lower group × number of groups + higher group. */
export function dyadsByCell({ groups: { names, groupOf }, dyads }: GroupDecisions): ReadonlyMap<number, Dyad[]> {
  const cells = new Map<number, Dyad[]>();
  for (const dyad of dyads) {
    const [g = -1, h = -1] = [groupOf[dyad.left], groupOf[dyad.right]];
    if (g < 0 || h < 0) continue;
    const key = Math.min(g, h) * names.length + Math.max(g, h);
    const cell = cells.get(key);
    if (cell === undefined) cells.set(key, [dyad]);
    else cell.push(dyad);
  }
  return cells;
}

/** Sums over the impostor pairs between two groups, or of one. */
function cellSums(decisions: GroupDecisions, dyads: readonly Dyad[], g: number, h: number): ClusterSums {
  const { groups, imageCounts } = decisions;
  const errors = new Map<number, number>();
  const pairs = new Map<number, number>();
  const addTo = (map: Map<number, number>, person: number, count: number) =>
    map.set(person, (map.get(person) ?? 0) + count);
  // Σ k², Σ k t and Σ t² over dyads.
  let [kk, kt, tt, errorCount, pairCount] = [0, 0, 0, 0, 0];
  for (const { left, right, errorCount: k, pairCount: t } of dyads) {
    for (const person of [left, right]) {
      addTo(errors, person, k);
      if (imageCounts === null) addTo(pairs, person, t);
    }
    kk += k * k;
    kt += k * t;
    errorCount += k;
    if (imageCounts !== null) continue;
    tt += t * t;
    pairCount += t;
  }
  if (imageCounts !== null) {
    const [own, other] = [membersOf(groups.groupOf, g), membersOf(groups.groupOf, h)];
    const power = (people: readonly number[], exponent: number) =>
      people.reduce((sum, person) => sum + imageCounts[person]! ** exponent, 0);
    const isOne = g === h;
    pairCount = isOne ? (power(own, 1) ** 2 - power(own, 2)) / 2 : power(own, 1) * power(other, 1);
    tt = isOne ? (power(own, 2) ** 2 - power(own, 4)) / 2 : power(own, 2) * power(other, 2);
    const compare = (people: readonly number[], images: (person: number) => number) => {
      for (const person of people) addTo(pairs, person, imageCounts[person]! * images(person));
    };
    compare(own, (person) => power(other, 1) - (isOne ? imageCounts[person]! : 0));
    if (!isOne) compare(other, () => power(own, 1));
  }
  const people = [...pairs].filter(([, count]) => count > 0);
  const inOwn = people.filter(([person]) => groups.groupOf[person] === g).length;
  const n = people.length;
  const fewer = Math.min(inOwn, n - inOwn);
  return {
    errorCount,
    pairCount,
    personCount: n,
    correction: g === h ? (n * (n - 1)) / (n - 2) ** 2 : fewer / Math.max(1, fewer - 1),
    byPerson: (rate) =>
      people.reduce((sum, [person, count]) => sum + ((errors.get(person) ?? 0) - rate * count) ** 2, 0),
    byDyad: (rate) => kk - 2 * rate * kt + rate * rate * tt,
    disjointCount: g === h ? Math.floor(n / 2) : fewer,
  };
}
