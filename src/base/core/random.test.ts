import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { random } from "./random.ts";

const draw = <T>(count: number, next: () => T): T[] => Array.from({ length: count }, next);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const moment = (values: readonly number[], power: number) => mean(values.map((value) => value ** power));

/** Σ (observed − expected)² / expected over equally likely cells. */
function chiSquared(counts: readonly number[]): number {
  const expected = mean(counts);
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe("random", () => {
  // Pinned: checkpoints, shuffles and synthetic faces of older versions depend on these very numbers.
  it("gives the same numbers for the same seed and keys, today and in every version", () => {
    const stream = random(7, "golden");
    expect([stream.uniform(), stream.uniform(), stream.integer(1000)]).toEqual([
      0.42138048984208043, 0.037960038390808304, 545,
    ]);
    expect(stream.normal()).toBeCloseTo(-1.028610890350823, 12);
    expect(stream.normal()).toBeCloseTo(0.8454914714351734, 12);
    expect([...random(7, "golden", 1).permutation(8)]).toEqual([7, 2, 6, 4, 3, 0, 5, 1]);
  });

  it("gives other, unrelated numbers for another seed or key", () => {
    const streams = [random(1), random(2), random(1, "a"), random(1, "b"), random(1, "a", 1), random(1, "a1")];
    const rows = streams.map((stream) => draw(2000, () => stream.uniform(-1, 1)));
    for (const [i, a] of rows.entries()) {
      for (const b of rows.slice(i + 1)) {
        const correlation = mean(a.map((value, k) => value * b[k]!)) * 3; // the variance of U(−1, 1) is ⅓
        expect(Math.abs(correlation)).toBeLessThan(4.5 / Math.sqrt(2000));
      }
    }
  });

  it("uniform: even over [0, 1), in 53 bits, and stretched to [low, high)", () => {
    const stream = random(3);
    const values = draw(50_000, () => stream.uniform());
    const counts = new Array<number>(100).fill(0);
    for (const value of values) counts[Math.floor(value * 100)]!++;
    expect(chiSquared(counts)).toBeLessThan(160); // 99 degrees of freedom: above 160 once in 10,000
    expect(chiSquared(counts)).toBeGreaterThan(50);
    expect(values.some((value) => (value * 2 ** 32) % 1 !== 0)).toBe(true);
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: -1e6, max: 1e6, noNaN: true }), (seed, low) => {
        const value = random(seed).uniform(low, low + 5);
        expect(value).toBeGreaterThanOrEqual(low);
        expect(value).toBeLessThanOrEqual(low + 5);
      }),
    );
  });

  it("integer: each of the count as often", () => {
    const stream = random(4);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 14_000; i++) counts[stream.integer(7)]!++;
    expect(counts.length).toBe(7);
    expect(chiSquared(counts)).toBeLessThan(28); // 6 degrees of freedom: once in 10,000
    expect(draw(5, () => stream.integer(1))).toEqual([0, 0, 0, 0, 0]);
  });

  it("normal: mean 0, variance 1, no skew, kurtosis 3, tails as they should be, pairs unrelated", () => {
    const stream = random(5);
    const values = draw(40_000, () => stream.normal());
    expect(Math.abs(mean(values))).toBeLessThan(0.02);
    expect(moment(values, 2)).toBeCloseTo(1, 1);
    expect(Math.abs(moment(values, 3))).toBeLessThan(0.06);
    expect(Math.abs(moment(values, 4) - 3)).toBeLessThan(0.2);
    const beyond2 = values.filter((value) => Math.abs(value) > 2).length / values.length;
    expect(Math.abs(beyond2 - 0.0455)).toBeLessThan(0.004);
    const pairs = values.slice(1).map((value, i) => value * values[i]!);
    expect(Math.abs(mean(pairs))).toBeLessThan(0.02);
    const moved = draw(10_000, () => stream.normal(10, 0.5));
    expect(mean(moved)).toBeCloseTo(10, 1);
    expect(
      moment(
        moved.map((value) => value - 10),
        2,
      ),
    ).toBeCloseTo(0.25, 1);
  });

  it("permutation: each number once, each order as often", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 200 }), (seed, count) => {
        const order = [...random(seed).permutation(count)].sort((a, b) => a - b);
        expect(order).toEqual(draw(count, () => 0).map((_, i) => i));
      }),
    );
    const stream = random(6);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = stream.permutation(3).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    expect(chiSquared([...counts.values()])).toBeLessThan(26); // 5 degrees of freedom: once in 10,000
  });
});
