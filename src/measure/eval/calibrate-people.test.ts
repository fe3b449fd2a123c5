import { describe, expect, it } from "vitest";
import { calibratePeople, measureThreshold, type PeopleThreshold, shareForCalibration } from "./calibrate-people.ts";
import { calibrateThresholds } from "./calibrate-thresholds.ts";
import { clopperPearsonInterval } from "./confidence.ts";
import { type CrossPairs, crossPairs } from "./cross-pairs.ts";
import { drawnPeople } from "./sample-people.ts";
import type { Refusal } from "./tar-at-far.ts";

function requireFound(found: PeopleThreshold | Refusal | undefined): PeopleThreshold {
  if (found === undefined || found.tar === null) throw new Error(found?.reason ?? "nothing found");
  return found;
}

/** Var Σ e_ab by its definition: a sum over all pairs of pairs of people that have one in common. */
function slowVariance({ impostor, imageCounts }: CrossPairs, threshold: number, far: number): number {
  const people = [...imageCounts.keys()];
  const dyads = people.flatMap((a) => people.slice(a + 1).map((b) => ({ a, b })));
  const errors = dyads.map(({ a, b }) => {
    let accepted = 0;
    for (const [i, score] of impostor.scores.entries()) {
      const [left, right] = [impostor.left[i]!, impostor.right[i]!];
      if (score >= threshold && Math.min(left, right) === a && Math.max(left, right) === b) accepted++;
    }
    return accepted - far * imageCounts[a]! * imageCounts[b]!;
  });
  let sum = 0;
  for (const [i, p] of dyads.entries()) {
    for (const [j, q] of dyads.entries()) {
      if (p.a === q.a || p.a === q.b || p.b === q.a || p.b === q.b) sum += errors[i]! * errors[j]!;
    }
  }
  return sum;
}

describe("calibratePeople", () => {
  it("finds the thresholds of calibrateThresholds, from the highest scores alone too", () => {
    const people = drawnPeople(1, 100, 4);
    const all = crossPairs(people);
    const fars = [0.05, 0.01];
    const expected = calibrateThresholds(all.genuine.scores, all.impostor.scores, fars);
    const some = crossPairs(people, shareForCalibration(0.05));
    expect(some.impostor.scores.length).toBeLessThan(all.impostor.scores.length);
    for (const [i, found] of calibratePeople(some, fars).entries()) {
      const { threshold, tar, trueAcceptCount, falseAcceptCount } = expected[i] as PeopleThreshold;
      expect(found).toMatchObject({ threshold, tar, trueAcceptCount, falseAcceptCount });
      expect(found).toEqual(calibratePeople(all, fars)[i]);
    }
  });

  it("counts independent pairs by the definition of the variance", () => {
    const pairs = crossPairs(drawnPeople(5, 12, 3));
    const { far, threshold, impostorCount, effectiveImpostorCount } = measureThreshold(pairs, 0.7);
    const variance = slowVariance(pairs, threshold, far);
    expect(effectiveImpostorCount).toBe(Math.floor((far * (1 - far) * impostorCount ** 2) / variance));
    expect(effectiveImpostorCount).toBeLessThan(impostorCount / 3);
  });

  it("counts every pair where nothing is accepted, and where no two pairs share a person", () => {
    const pairs = crossPairs(drawnPeople(5, 12, 1 + 1));
    const nothing = measureThreshold(pairs, 1.5);
    expect(nothing).toMatchObject({ far: 0, tar: 0, effectiveImpostorCount: nothing.impostorCount });
    expect(nothing.farInterval).toEqual(clopperPearsonInterval({ successes: 0, trials: nothing.impostorCount }));
    // Twelve people with a pair each: as independent as they look, up to the estimate's own noise.
    expect(nothing.effectiveGenuineCount).toBe(12);
  });

  it("covers the truth as often as it promises, where pairs taken as independent fail", { timeout: 120_000 }, () => {
    const [far, runs] = [0.05, 80];
    const nonMates = drawnPeople(999, 20_000, 1).embeddings;
    const cosines = Float32Array.from({ length: nonMates.count / 2 }, (_, i) => {
      const [a, b] = [2 * i, 2 * i + 1].map((row) => nonMates.data.subarray(4 * row, 4 * row + 4)) as [
        Float32Array,
        Float32Array,
      ];
      const product = (p: Float32Array, q: Float32Array) => p.reduce((sum, value, k) => sum + value * q[k]!, 0);
      return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
    }).sort();
    const truth = cosines[Math.floor(cosines.length * (1 - far))]!;
    const covered = { far: 0, threshold: 0, independent: 0 };
    for (let seed = 0; seed < runs; seed++) {
      const pairs = crossPairs(drawnPeople(seed, 50, 3));
      const holds = ({ low, high }: { low: number; high: number }, value: number) =>
        Number(low <= value && value <= high);
      covered.far += holds(measureThreshold(pairs, truth).farInterval, far);
      covered.threshold += holds(requireFound(calibratePeople(pairs, [far])[0]).thresholdInterval, truth);
      const independent = calibrateThresholds(pairs.genuine.scores, pairs.impostor.scores, [far])[0] as PeopleThreshold;
      covered.independent += holds(independent.thresholdInterval, truth);
    }
    // Nominal 0.95; the standard error of 80 runs is 0.024, and fifty people estimate their variance a little low.
    expect(covered.far / runs).toBeGreaterThan(0.86);
    expect(covered.threshold / runs).toBeGreaterThan(0.86);
    expect(covered.independent / runs).toBeLessThan(0.6);
  });

  it("refuses rates that the number of pairs, or of independent pairs, cannot support", () => {
    const people = drawnPeople(2, 20, 5);
    // Two people who look the same: their 25 pairs score highest, and carry the information of one.
    for (let row = 0; row < 10; row++) people.embeddings.data.set([0, 0, 0.001 * row, -5], 4 * row);
    const pairs = crossPairs(people);
    const [found, uncertain, dependent, tooFew] = calibratePeople(pairs, [0.2, 0.02, 20 / 4750, 0.0001]);
    expect(found).not.toHaveProperty("warning");
    expect(uncertain).toHaveProperty("warning", expect.stringMatching(/^uncertain: \d+ independent impostor pairs/));
    expect(dependent).toHaveProperty(
      "reason",
      expect.stringMatching(/^insufficient data: [34]\d\d independent impostor pairs .* expected at least 713$/),
    );
    expect(tooFew).toHaveProperty(
      "reason",
      "insufficient data: 4750 impostor pairs cannot show a rate of 0.0001, expected at least 10000",
    );
  });

  it("refuses thresholds below the scores that were kept", () => {
    const pairs = crossPairs(drawnPeople(2, 100, 2), 0.01);
    expect(() => measureThreshold(pairs, -1)).toThrow("keep a larger share");
  });
});
