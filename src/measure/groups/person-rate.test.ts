import { describe, expect, it } from "vitest";
import { probit, studentQuantile } from "../eval/index.ts";
import { personRate, twoWayRate } from "./person-rate.ts";

describe("personRate", () => {
  it("counts independent trials by the variance over people", () => {
    // Three people: 2 of 2, 0 of 2, 1 of 4 are errors; the rate is 3/8.
    const people = [1, 1, 2, 2, 3, 3, 3, 3];
    const errors = [true, true, false, false, true, false, false, false];
    const { rate, pairCount, personCount, effectiveCount, interval } = personRate(people, errors, 0.95);
    expect({ rate, pairCount, personCount }).toEqual({ rate: 3 / 8, pairCount: 8, personCount: 3 });
    const variance = (3 / 2) * (1.25 ** 2 + 0.75 ** 2 + 0.5 ** 2);
    const shrink = (probit(0.975) / studentQuantile(0.975, 2)) ** 2;
    expect(effectiveCount).toBeCloseTo(Math.max(1, (shrink * (3 / 8) * (5 / 8) * 64) / variance), 9);
    expect(interval.low).toBeLessThan(3 / 8);
  });

  it("refuses trials of one person, and other counts", () => {
    expect(() => personRate([1, 1], [true, false], 0.95)).toThrow("got trials of 1 people");
    expect(() => personRate([1, 2], [true], 0.95)).toThrow("got 1 trials of 2 people");
  });
});

describe("twoWayRate", () => {
  const everybody = new Map(Array.from({ length: 100 }, (_, person) => [person, 1]));
  const trials = (named: (i: number) => number) =>
    Array.from({ length: 100 }, (_, i) => ({ first: i, second: named(i), isError: i % 10 === 0 }));

  it("is the rate of independent trials where every error names another person", () => {
    const { rate, effectiveCount } = twoWayRate(
      trials((i) => i),
      everybody,
      0.95,
    );
    expect(rate).toBe(0.1);
    const shrink = (probit(0.975) / studentQuantile(0.975, 99)) ** 2;
    // Both clusterings see each error alone: Σ (k − rate)² over first people, about as much over second ones.
    expect(effectiveCount).toBeGreaterThan(0.75 * 100 * shrink);
    expect(effectiveCount).toBeLessThanOrEqual(100);
  });

  it("knows less where all errors name one person", () => {
    const { rate, effectiveCount } = twoWayRate(
      trials(() => 7),
      everybody,
      0.95,
    );
    expect(rate).toBe(0.1);
    expect(effectiveCount).toBeLessThan(12);
  });
});
