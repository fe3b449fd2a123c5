import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { scoreHistogram, scoreSeparation } from "./distributions.ts";
import { arbitraryScores, mapScores, normalScores, pairScores } from "./sample-scores.ts";

describe("scoreHistogram", () => {
  it("puts an edge into the bin above it, and the last one into the last bin", () => {
    const histogram = scoreHistogram(pairScores([1, 0.5, 0.25], [-1, -0.5, 0, 0]), { binCount: 4 });
    expect([...histogram.edges]).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect([...histogram.genuineCounts]).toEqual([0, 0, 1, 2]);
    expect([...histogram.impostorCounts]).toEqual([1, 1, 2, 0]);
    expect(histogram.outsideCount).toBe(0);
  });

  it("counts what lies outside, and every score once where its edges say", () => {
    const options = fc.record({
      binCount: fc.integer({ min: 1, max: 30 }),
      low: fc.constantFrom(-1, -0.3),
      high: fc.constantFrom(0.7, 1),
    });
    fc.assert(
      fc.property(arbitraryScores, options, (scores, { binCount, low, high }) => {
        const { edges, genuineCounts, impostorCounts, outsideCount } = scoreHistogram(scores, { binCount, low, high });
        const slow = (kind: Float32Array) =>
          Array.from({ length: binCount }, (_, bin) => {
            const isIn = (s: number) => s >= edges[bin]! && (bin === binCount - 1 ? s <= high : s < edges[bin + 1]!);
            return kind.filter(isIn).length;
          });
        expect([...genuineCounts]).toEqual(slow(scores.genuine));
        expect([...impostorCounts]).toEqual(slow(scores.impostor));
        const inside = [...genuineCounts, ...impostorCounts].reduce((a, b) => a + b);
        expect(inside + outsideCount).toBe(scores.genuine.length + scores.impostor.length);
      }),
    );
  });

  it("refuses invalid bins", () => {
    const scores = pairScores([0.5], [0]);
    expect(() => scoreHistogram(scores, { binCount: 0 })).toThrow(OptionError);
    expect(() => scoreHistogram(scores, { low: 0.5, high: 0.5 })).toThrow("got bins from 0.5 to 0.5");
    expect(() => scoreHistogram(pairScores([0.5], []))).toThrow(OptionError);
  });
});

describe("scoreSeparation", () => {
  it("gives means, spreads and d′ of a case worked by hand", () => {
    expect(scoreSeparation(pairScores([1, 0.5], [0.25, -0.25]))).toEqual({
      genuineMean: 0.75,
      genuineStandardDeviation: 0.25,
      impostorMean: 0,
      impostorStandardDeviation: 0.25,
      dPrime: 3,
    });
  });

  it("is infinite without spread, and 0 when all scores are equal", () => {
    expect(scoreSeparation(pairScores([0.6, 0.6, 0.6], [0.1, 0.1])).dPrime).toBe(Number.POSITIVE_INFINITY);
    expect(scoreSeparation(pairScores([0.1], [0.6])).dPrime).toBe(Number.NEGATIVE_INFINITY);
    expect(scoreSeparation(pairScores([0.6, 0.6], [0.6])).dPrime).toBe(0);
  });

  it("is the distance of two normal distributions in their spread, whatever the unit", () => {
    const scores = normalScores(3, 20_000, 2);
    const { dPrime } = scoreSeparation(scores);
    // Standard error 0.012 at 20,000 scores of each kind.
    expect(Math.abs(dPrime - 2)).toBeLessThan(0.05);
    expect(scoreSeparation(mapScores(scores, (s) => 8 * s - 4)).dPrime).toBeCloseTo(dPrime, 5);
  });
});
