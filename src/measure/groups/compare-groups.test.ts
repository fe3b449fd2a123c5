import { describe, expect, it } from "vitest";
import { crossPairs, type Interval } from "../eval/index.ts";
import { compareGroups, type GroupRate } from "./compare-groups.ts";
import { type DifferentialName, differentials } from "./differentials.ts";
import { decideCrossPairs } from "./group-decisions.ts";
import { falseMatchRates, falseNonMatchRates } from "./group-rates.ts";
import { simulateGroups, trueFmr, trueFnmr } from "./simulated-groups.ts";
import { thresholdsByGroup } from "./thresholds-by-group.ts";

/**
 * Simulated sets for the coverage of the intervals of rates, and of the slower ones of what compares groups;
 * `COSFACE_SIMULATIONS=2000` for .ci/full.
 */
const SETS = Number(process.env.COSFACE_SIMULATIONS ?? 200);
const COMPARED_SETS = Number(process.env.COSFACE_SIMULATIONS ?? 60);
const threshold = Math.cos(0.35);
const drawn = [
  { direction: 0, spread: 0.6, noise: 0.11, personCount: 24 },
  { direction: 1.2, spread: 1.1, noise: 0.16, personCount: 24 },
];
const truth = {
  fmr: drawn.map((group) => trueFmr(group, group, threshold)),
  fnmr: drawn.map((group) => trueFnmr(group, threshold)),
};

function decide(seed: number, groups = drawn) {
  const simulated = simulateGroups(seed, groups, 2);
  return decideCrossPairs(crossPairs(simulated.labeled), simulated.groups, threshold);
}

const compare = (seed: number, groups = drawn) => compareGroups(decide(seed, groups));

const reasonOf = (rate: GroupRate | undefined) => (rate?.rate === null ? rate.reason : undefined);

describe("simulated groups", () => {
  it("have the rates of their closed forms", () => {
    const many = drawn.map((group) => ({ ...group, personCount: 120 }));
    const { groups, matrix } = compare(1, many);
    for (const [g, { fmr, fnmr }] of groups.entries()) {
      expect(Math.abs(fmr.rate! - truth.fmr[g]!)).toBeLessThan(0.06);
      expect(Math.abs(fnmr.rate! - truth.fnmr[g]!)).toBeLessThan(0.06);
    }
    expect(Math.abs(matrix[0]![1]!.rate! - trueFmr(drawn[0]!, drawn[1]!, threshold))).toBeLessThan(0.02);
  });
});

describe("compareGroups", () => {
  const holds = ({ low, high }: Interval, value: number) => Number(low - 1e-9 <= value && value <= high + 1e-9);
  const report = (counts: Readonly<Record<string, number>>) => {
    if (process.env.COSFACE_SIMULATIONS !== undefined) console.log(JSON.stringify(counts));
  };

  it("recovers known rates within the intervals, as often as it promises", () => {
    const covered = { fmr: 0, fnmr: 0, between: 0 };
    const between = trueFmr(drawn[0]!, drawn[1]!, threshold);
    for (let seed = 0; seed < SETS; seed++) {
      const decisions = decide(seed);
      const fmr = falseMatchRates(decisions, 0.95);
      const fnmr = falseNonMatchRates(decisions, 0.95);
      for (const g of [0, 1]) {
        covered.fmr += holds(fmr[g]![g]!.interval, truth.fmr[g]!) / 2;
        covered.fnmr += holds(fnmr[g]!.interval, truth.fnmr[g]!) / 2;
      }
      covered.between += holds(fmr[0]![1]!.interval, between);
    }
    report({ SETS, ...covered });
    // Nominal 0.95; the standard error of a share of 200 sets is 0.015.
    for (const [name, count] of Object.entries(covered)) {
      expect(count / SETS, name).toBeGreaterThan(0.91);
      expect(count / SETS, name).toBeLessThan(0.99);
    }
  });

  it("recovers what compares the groups within the intervals, at least as often as it promises", () => {
    const covered = new Map<DifferentialName, { hits: number; sets: number }>();
    for (let seed = 0; seed < COMPARED_SETS; seed++) {
      for (const { name, interval } of compare(seed).differentials) {
        const count = covered.get(name) ?? { hits: 0, sets: 0 };
        count.hits += holds(interval, differentials[name].of(truth));
        count.sets++;
        covered.set(name, count);
      }
    }
    const shares = [...covered].map(([name, { hits, sets }]) => [name, hits / sets] as const);
    report({ COMPARED_SETS, ...Object.fromEntries(shares) });
    expect(shares).toHaveLength(Object.keys(differentials).length);
    // Nominal 0.95; the standard error of a share of 60 sets is 0.028.
    for (const [name, share] of shares) expect(share, name).toBeGreaterThan(0.86);
  });

  it("refuses groups that are too small by name, with what would be needed", () => {
    const small = { ...drawn[0]!, personCount: 4 };
    const { groups, matrix, compared, differentials: measured, reason } = compare(3, [...drawn, small]);
    expect(reasonOf(groups[2]?.fmr)).toBe("group 'group 3': FMR: 4 people, expected at least 10");
    expect(reasonOf(groups[2]?.fnmr)).toBe("group 'group 3': FNMR: 4 people, expected at least 10");
    expect(groups[0]?.fmr.rate).toBeGreaterThan(0);
    expect(reasonOf(matrix[2]?.[2])).toBe(reasonOf(groups[2]?.fmr));
    expect(compared).toEqual(["group 1", "group 2"]);
    expect(measured).toHaveLength(Object.keys(differentials).length);
    expect(reason).toBeUndefined();
  });

  it("handles groups of one person, and says when nothing is left to compare", () => {
    const one = { ...drawn[0]!, personCount: 1 };
    const { groups, differentials: measured, reason } = compare(4, [drawn[0]!, one]);
    expect(reasonOf(groups[1]?.fmr)).toBe("group 'group 2': FMR: too few people with such pairs, expected at least 10");
    expect(measured).toEqual([]);
    expect(reason).toBe("1 group has both rates, expected at least two to compare");
  });

  it("refuses pairs too few for the rate of all groups", () => {
    const rare = Math.cos(0.002);
    const simulated = simulateGroups(
      5,
      [
        { ...drawn[1]!, personCount: 200 },
        { ...drawn[1]!, personCount: 12 },
      ],
      2,
    );
    const decisions = decideCrossPairs(crossPairs(simulated.labeled), simulated.groups, rare);
    const { groups } = compareGroups(decisions);
    expect(reasonOf(groups[1]?.fmr)).toMatch(
      /^group 'group 2': FMR: 264 impostor pairs, expected at least \d{4} at the rate of all groups, 0\.00\d+$/,
    );
  });

  it("gives an interval where a ratio is undefined, since a group has no error", () => {
    const still = { ...drawn[0]!, noise: 0.001 };
    const { groups, differentials: measured } = compare(6, [still, drawn[1]!]);
    expect(groups[0]?.fnmr.rate).toBe(0);
    const ratio = measured.find(({ name }) => name === "fnmrMaxMin");
    expect(ratio?.value).toBeNull();
    expect(ratio?.interval.high).toBe(Number.POSITIVE_INFINITY);
    expect(ratio?.interval.low).toBeGreaterThanOrEqual(1);
    expect(measured.find(({ name }) => name === "fdr")?.value).toBeLessThan(1);
  });

  it("does not find a difference between equal groups", () => {
    let excluded = 0;
    const same = [drawn[0]!, drawn[0]!, drawn[0]!];
    for (let seed = 0; seed < 20; seed++) {
      const found = compare(seed, same).differentials;
      excluded += Number((found.find(({ name }) => name === "fmrMaxMin")?.interval.low ?? 1) > 1);
    }
    expect(excluded).toBeLessThan(5);
  });

  it("gives the same for the same seed, and refuses people without groups", () => {
    expect(compare(7)).toEqual(compare(7));
    const { labeled } = simulateGroups(7, drawn, 2);
    const nobody = { names: ["a"], groupOf: new Array<number>(48).fill(-1) };
    const decisions = decideCrossPairs(crossPairs(labeled), nobody, threshold);
    expect(() => compareGroups(decisions)).toThrow("got 48 people without a group");
  });
});

describe("thresholdsByGroup", () => {
  it("finds the threshold of each group on its own pairs, or says what is missing", () => {
    const { labeled, groups } = simulateGroups(9, [...drawn, { ...drawn[0]!, personCount: 1 }], 3);
    const [narrow, wide, one] = thresholdsByGroup(labeled, groups, 0.1);
    // People of a narrow group are more alike, so the group needs a higher threshold for the same rate.
    expect(narrow?.found.threshold).toBeGreaterThan(wide?.found.threshold ?? 1);
    expect(one?.found).toMatchObject({ tar: null, reason: expect.stringContaining("3 images of 1 people") });
  });
});
