import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { bestThreshold, correctCountAt } from "./best-threshold.ts";
import { arbitraryScores, pairScores } from "./sample-scores.ts";

describe("bestThreshold", () => {
  it("lies in the middle of the gap between the kinds", () => {
    expect(bestThreshold(pairScores([0.75, 0.5], [0.25, 0]))).toBe(0.375);
  });

  it("takes the widest of equally good runs, and the lowest of equally wide ones", () => {
    // From −1 up, right are 2, 3 at (0, 0.25], 2, 3 at (0.5, 1]; both kinds at 0.75 change nothing.
    expect(bestThreshold(pairScores([0.25, 1, 0.75], [0, 0.5, 0.75]))).toBe(0.75);
    expect(bestThreshold(pairScores([0.25, 0.75], [0, 0.5]))).toBe(0.125);
  });

  it("accepts all or rejects all when there is one kind, even at the ends of the range", () => {
    expect(bestThreshold(pairScores([0.5, 0], []))).toBe(-0.5);
    expect(bestThreshold(pairScores([-1], []))).toBe(-1);
    expect(bestThreshold(pairScores([], [0.5, 0]))).toBeCloseTo(0.75, 6);
    expect(bestThreshold(pairScores([], [1]))).toBeGreaterThan(1);
  });

  it("is best among all thresholds, and no wider run is as good", () => {
    const candidates = Array.from({ length: 34 }, (_, i) => (i - 16) / 16);
    fc.assert(
      fc.property(arbitraryScores, (scores) => {
        const best = Math.max(...candidates.map((threshold) => correctCountAt(scores, threshold)));
        expect(correctCountAt(scores, bestThreshold(scores))).toBe(best);
      }),
    );
  });

  it("refuses no scores, and scores that are not cosines", () => {
    expect(() => bestThreshold(pairScores([], []))).toThrow("got no scores");
    expect(() => bestThreshold(pairScores([1.5], [0]))).toThrow(
      "got scores from 0 to 1.5, expected cosines in [-1, 1]",
    );
    expect(() => bestThreshold(pairScores([Number.NaN], [0]))).toThrow(OptionError);
  });
});
