import { describe, expect, it } from "vitest";
import { random } from "../../base/core/index.ts";
import { calibratePeople, type PeopleThreshold, shareForCalibration } from "./calibrate-people.ts";
import { calibrateSources, rateAt, type SourceCurve, shareForSource, sourceCurve } from "./calibrate-sources.ts";
import { type CrossPairs, crossPairs } from "./cross-pairs.ts";
import { drawnPeople } from "./sample-people.ts";
import type { Refusal } from "./tar-at-far.ts";

function requireFound(found: PeopleThreshold | Refusal | undefined): PeopleThreshold {
  if (found === undefined || found.tar === null) throw new Error(found?.reason ?? "nothing found");
  return found;
}

/** A source with F(t) = factor · e^(−20 t) exactly, and T(t) = 1 − t / 2, on very many pairs. */
function exactSource(factor: number, pairsOfAnAccept = 1e3, identityCount = 1000): SourceCurve {
  const points = Array.from({ length: 12 }, (_, i) => {
    const threshold = 0.1 + 0.05 * i;
    const far = factor * Math.exp(-20 * threshold);
    const [effectiveImpostorCount, effectiveGenuineCount] = [pairsOfAnAccept / far, 1e5];
    return { threshold, far, effectiveImpostorCount, tar: 1 - threshold / 2, effectiveGenuineCount };
  });
  return { identityCount, genuineCount: 1e5, impostorCount: 1e8, points };
}

describe("sourceCurve", () => {
  const pairs = crossPairs(drawnPeople(1, 80, 4), shareForSource(0.01));
  const curve = sourceCurve(pairs, 0.01);

  it("holds the rates of calibratePeople at its own thresholds, from ten times the rate on", () => {
    const [first] = curve.points;
    expect(first!.far).toBeCloseTo(0.1, 3);
    const fars = curve.points.map(({ far }) => far);
    expect(fars).toEqual(fars.toSorted((a, b) => b - a));
    const people = requireFound(calibratePeople(crossPairs(drawnPeople(1, 80, 4), shareForCalibration(0.1)), [0.1])[0]);
    const { effectiveImpostorCount, tar, threshold, effectiveGenuineCount } = people;
    expect(first).toMatchObject({ effectiveImpostorCount, tar, threshold, effectiveGenuineCount });
  });

  it("gives the rate between its points to a few percent", () => {
    const share = (all: CrossPairs, t: number) =>
      all.impostor.scores.reduce((n, score) => n + Number(score >= t), 0) / all.impostorCount;
    const [a, b] = [curve.points[2]!, curve.points[3]!];
    const middle = (a.threshold + b.threshold) / 2;
    expect(rateAt(curve, middle).far / share(pairs, middle)).toBeCloseTo(1, 1);
    expect(rateAt(curve, a.threshold).far).toBeCloseTo(a.far, 12);
    expect(rateAt(curve, b.threshold).tar).toBeCloseTo(b.tar, 12);
    const beyond = rateAt(curve, curve.points.at(-1)!.threshold + 0.01);
    expect(beyond.far).toBeLessThan(curve.points.at(-1)!.far);
    expect(beyond.tar).toBe(curve.points.at(-1)!.tar);
  });
});

describe("calibrateSources", () => {
  it("finds the threshold of calibratePeople for the photographs of one source", () => {
    const pairs = crossPairs(drawnPeople(3, 150, 4), shareForSource(0.01));
    const expected = requireFound(calibratePeople(pairs, [0.01])[0]);
    const found = requireFound(calibrateSources([sourceCurve(pairs, 0.01)], [0.01], { target: 0 })[0]);
    const { low, high } = expected.thresholdInterval;
    expect(Math.abs(found.threshold - expected.threshold)).toBeLessThan((high - low) / 4);
    expect(found.farInterval.low / expected.farInterval.low).toBeCloseTo(1, 0);
    expect(found.farInterval.high / expected.farInterval.high).toBeCloseTo(1, 0);
    expect(found.effectiveImpostorCount / expected.effectiveImpostorCount).toBeCloseTo(1, 0);
    expect(found.tar).toBeCloseTo(expected.tar, 1);
  });

  it("accepts on average what it states, between sources that accept less and more", () => {
    const sources = [exactSource(1), exactSource(2)];
    const found = requireFound(calibrateSources(sources, [1e-3])[0]);
    const [less, more] = sources.map((source) => rateAt(source, found.threshold).far);
    expect(less).toBeLessThan(1e-3);
    expect(more).toBeGreaterThan(1e-3);
    expect(found.farInterval.low).toBeLessThan(less!);
    expect(found.farInterval.high).toBeGreaterThan(more!);
    // F(t) falls by e^20 for each 1 of t, so the interval of the threshold is that of the rate, over 20.
    const { low, high } = found.thresholdInterval;
    expect(high - low).toBeCloseTo(Math.log(found.farInterval.high / found.farInterval.low) / 20, 3);
  });

  it("is a source's own as its pairs grow, and for few pairs near that of the others", () => {
    const others = [exactSource(1), exactSource(1.5)];
    const thresholdWith = (own: SourceCurve) =>
      requireFound(calibrateSources([...others, own], [1e-3], { target: 2 })[0]);
    const exact = Math.log(8 / 1e-3) / 20;
    const fromOthers = requireFound(calibrateSources(others, [1e-3])[0]).threshold;
    const thresholds = [0.3, 3, 30, 300, 3000].map((pairs) => thresholdWith(exactSource(8, pairs)).threshold);
    expect(thresholds).toEqual(thresholds.toSorted((a, b) => a - b));
    expect(thresholds[0]! - fromOthers).toBeLessThan((exact - fromOthers) / 2);
    expect(thresholds.at(-1)).toBeCloseTo(exact, 2);
  });

  it("does not take the word of a source with few people for how much its people differ", () => {
    const others = [exactSource(1), exactSource(1.5)];
    const thresholdOf = (people: number) =>
      requireFound(calibrateSources([...others, exactSource(8, 1e3, people)], [1e-3], { target: 2 })[0]).threshold;
    const exact = Math.log(8 / 1e-3) / 20;
    const thresholds = [1, 5, 20, 60].map(thresholdOf);
    expect(thresholds).toEqual(thresholds.toSorted((a, b) => a - b));
    // 1,000 accepted pairs of 1,000 people in the others: five people are worth five pairs, not a thousand.
    const five = requireFound(calibrateSources([...others, exactSource(8, 5)], [1e-3], { target: 2 })[0]);
    expect(thresholdOf(5)).toBeCloseTo(five.threshold, 6);
    expect(thresholds.at(-1)).toBeCloseTo(exact, 2);
  });

  it("holds the rate of a source of its own kind that took no part, as often as it promises", () => {
    const stream = random(5, "sources");
    const far = 1e-3;
    let held = 0;
    const runs = 30;
    for (let run = 0; run < runs; run++) {
      const spread = Math.abs(stream.normal(0, 0.5));
      const source = () => exactSource(Math.exp(stream.normal(0, spread)));
      const found = requireFound(calibrateSources([source(), source(), source()], [far])[0]);
      const truth = rateAt(source(), found.threshold).far;
      if (found.farInterval.low <= truth && truth <= found.farInterval.high) held++;
    }
    expect(held / runs).toBeGreaterThan(0.8);
  });

  it("refuses rates that no source shows, and what is not a target", () => {
    const pairs = crossPairs(drawnPeople(3, 20, 3), shareForSource(0.01));
    const curves = [sourceCurve(pairs, 0.01), sourceCurve(pairs, 0.01)];
    const [found, refused] = calibrateSources(curves, [0.002, 1e-5]);
    expect(found).toHaveProperty("warning", expect.stringMatching(/^uncertain: /));
    expect(refused).toHaveProperty("reason", expect.stringMatching(/^insufficient data: /));
    expect(() => calibrateSources(curves, [0.1], { target: 2 })).toThrow("target: got source 2");
    expect(() => calibrateSources([], [0.1])).toThrow("sources: got none");
    expect(() => rateAt({ identityCount: 2, genuineCount: 1, impostorCount: 1, points: [] }, 0)).toThrow(
      "expected at least two",
    );
  });
});
