import { describe, expect, it } from "vitest";
import { crossPairs } from "../eval/index.ts";
import { decideCrossPairs, decidePairs, type GroupDecisions, type PeopleGroups } from "./group-decisions.ts";
import { falseMatchRates, falseNonMatchRates } from "./group-rates.ts";
import { simulateGroups } from "./simulated-groups.ts";

const drawn = [
  { direction: 0, spread: 0.8, noise: 0.1, personCount: 7 },
  { direction: 1, spread: 1, noise: 0.1, personCount: 5 },
];
const threshold = Math.cos(0.3);

/** Every pair of images, as a list. */
function listed(seed: number) {
  const { labeled, groups } = simulateGroups(seed, drawn, 3);
  const { data, count } = labeled.embeddings;
  const genuine = { scores: [] as number[], people: [] as number[] };
  const impostor = { scores: [] as number[], left: [] as number[], right: [] as number[] };
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      const score = data[2 * a]! * data[2 * b]! + data[2 * a + 1]! * data[2 * b + 1]!;
      const [left, right] = [labeled.identities[a]!, labeled.identities[b]!];
      if (left === right) {
        genuine.scores.push(score);
        genuine.people.push(left);
      } else {
        impostor.scores.push(score);
        impostor.left.push(right);
        impostor.right.push(left);
      }
    }
  }
  return { labeled, groups, pairs: { genuine, impostor } };
}

describe("rates by group", () => {
  it("are the same for all pairs of images and for the list of these pairs", () => {
    const { labeled, groups, pairs } = listed(4);
    const all = decideCrossPairs(crossPairs(labeled), groups, threshold);
    const list = decidePairs(pairs, groups, threshold);
    const close = (found: unknown, expected: unknown) =>
      expect(JSON.parse(JSON.stringify(found), rounded)).toEqual(JSON.parse(JSON.stringify(expected), rounded));
    close(falseMatchRates(all, 0.95), falseMatchRates(list, 0.95));
    close(falseNonMatchRates(all, 0.95), falseNonMatchRates(list, 0.95));
  });

  it("count the pairs of each two groups, and their independent pairs by the definition of the variance", () => {
    const { groups, pairs } = listed(5);
    const rates = falseMatchRates(decidePairs(pairs, groups, threshold), 0.95);
    for (const [g, h] of [
      [0, 0],
      [0, 1],
      [1, 1],
    ] as const) {
      const dyads = slowDyads(pairs, groups, g, h);
      const errorCount = dyads.reduce((sum, { errors }) => sum + errors, 0);
      const pairCount = dyads.length * 9;
      const rate = errorCount / pairCount;
      let [variance, independent] = [0, 0];
      for (const p of dyads) {
        independent += (p.errors - 9 * rate) ** 2;
        for (const q of dyads) {
          if (![q.a, q.b].some((person) => person === p.a || person === p.b)) continue;
          variance += (p.errors - 9 * rate) * (q.errors - 9 * rate);
        }
      }
      const people = new Set(dyads.flatMap(({ a, b }) => [a, b])).size;
      // Seven and five people.
      const correction = g === h ? (people * (people - 1)) / (people - 2) ** 2 : 5 / 4;
      const used = correction * Math.max(variance, independent);
      // Quantiles of Student's distribution with 6, 11 and 4 degrees of freedom, from a table.
      const student = { 6: 2.4469, 11: 2.201, 4: 2.7764 }[people - 1] ?? Number.NaN;
      const effective = ((1.95996 / student) ** 2 * rate * (1 - rate) * pairCount ** 2) / used;
      expect(rates[g]?.[h]).toMatchObject({ errorCount, pairCount, personCount: people, rate });
      expect(rates[g]?.[h]?.effectiveCount).toBeCloseTo(effective, 1);
      expect(rates[h]?.[g]).toEqual(rates[g]?.[h]);
    }
  });

  it("count disjoint clusters alone where there is no error", () => {
    const { groups, pairs } = listed(6);
    const [first] = falseMatchRates(decidePairs(pairs, groups, 1.1), 0.95)[0] ?? [];
    expect(first).toMatchObject({ rate: 0, effectiveCount: 3, pairCount: 21 * 9 });
    expect(first?.interval.high).toBeCloseTo(1 - 0.025 ** (1 / 3), 9);
    const [own] = falseNonMatchRates(decidePairs(pairs, groups, -1.1), 0.95);
    expect(own).toMatchObject({ rate: 0, effectiveCount: 7, personCount: 7 });
  });

  it("leave out people without a group, and groups of one person", () => {
    const { groups, pairs } = listed(7);
    const groupOf = Array.from(groups.groupOf, (group, person) => (person === 0 ? -1 : person === 1 ? 2 : group));
    const changed: PeopleGroups = { names: [...groups.names, "one"], groupOf };
    const decisions: GroupDecisions = decidePairs(pairs, changed, threshold);
    const matrix = falseMatchRates(decisions, 0.95);
    expect(matrix[0]?.[0]?.pairCount).toBe(10 * 9);
    expect(matrix[2]?.[2]).toBeUndefined();
    expect(matrix[2]?.[0]?.pairCount).toBe(5 * 9);
    expect(falseNonMatchRates(decisions, 0.95)[2]).toBeUndefined();
  });
});

describe("decidePairs", () => {
  const genuine = { scores: [0.5], people: [0] };
  const impostor = { scores: [0.5], left: [0], right: [1] };
  const groups = { names: ["a"], groupOf: [0, 0] };

  it("accepts a score that equals the threshold", () => {
    const { genuine: own, dyads } = decidePairs({ genuine, impostor }, groups, 0.5);
    expect([...own.errorCounts]).toEqual([0, 0]);
    expect(dyads).toEqual([{ left: 0, right: 1, pairCount: 1, errorCount: 1 }]);
  });

  it("refuses pairs and groups that do not fit together", () => {
    const refuse = (parts: object, of: PeopleGroups = groups) =>
      expect(() => decidePairs({ genuine, impostor, ...parts }, of, 0.5));
    refuse({ impostor: { ...impostor, right: [0] } }).toThrow("got one person twice");
    refuse({ impostor: { ...impostor, right: [2] } }).toThrow("got person 2, expected one of the 2 people");
    refuse({ genuine: { scores: [0.5, 1], people: [0] } }).toThrow("got 2 scores and 1 people");
    refuse({}, { names: ["a"], groupOf: [0, 1] }).toThrow("group of person 1: got 1, expected less than 1");
  });
});

describe("decideCrossPairs", () => {
  it("refuses a threshold below the scores that were kept, and groups of other people", () => {
    const { labeled, groups } = listed(8);
    const pairs = crossPairs(labeled);
    const some = { ...pairs, impostorCount: pairs.impostorCount + 1 };
    expect(() => decideCrossPairs(some, groups, -1.1)).toThrow("keep a larger share");
    expect(() => decideCrossPairs(crossPairs(labeled), { names: [], groupOf: [] }, 0)).toThrow("expected 12");
  });
});

function slowDyads({ impostor }: ReturnType<typeof listed>["pairs"], { groupOf }: PeopleGroups, g: number, h: number) {
  const people = [...Array(groupOf.length).keys()];
  return people.flatMap((a) =>
    people.slice(a + 1).flatMap((b) => {
      const cell = [groupOf[a]!, groupOf[b]!].sort();
      if (cell[0] !== g || cell[1] !== h) return [];
      const errors = impostor.scores.filter(
        (score, i) =>
          score >= threshold &&
          [impostor.left[i], impostor.right[i]].includes(a) &&
          [impostor.left[i], impostor.right[i]].includes(b),
      ).length;
      return [{ a, b, errors }];
    }),
  );
}

function rounded(_: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(9)) : value;
}
