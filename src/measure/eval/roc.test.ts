import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import type { PairScores } from "./pair-scores.ts";
import { areaUnderCurve, equalErrorRate, rocCurve } from "./roc.ts";
import { arbitraryScores, mapScores, normalScores, pairScores } from "./sample-scores.ts";

const hand = pairScores([0.9, 0.8, 0.7, 0.55, 0.4, 0.3], [0.6, 0.5, 0.45, 0.2, 0.1, 0.05, -0.1, -0.2]);
const perfect = pairScores([0.5, 0.6], [0.1, 0.2, 0.3]);
const tied = pairScores([0.5, 0.5, 0.5], [0.5, 0.5]);

/** The two kinds exchanged, and every score negated: what was a false accept is now a false reject. */
function mirrored({ genuine, impostor }: PairScores): PairScores {
  return mapScores({ genuine: impostor, impostor: genuine }, (score) => -score);
}

describe("rocCurve", () => {
  it("gives the points of a case worked by hand, tied scores as one", () => {
    const { thresholds, fars, tars } = rocCurve(pairScores([0.75, 0.5], [0.5, 0.25, 0, 0]));
    expect([...thresholds]).toEqual([Number.POSITIVE_INFINITY, 0.75, 0.5, 0.25, 0]);
    expect([...fars]).toEqual([0, 0, 0.25, 0.5, 1]);
    expect([...tars]).toEqual([0, 0.5, 1, 1, 1]);
  });

  it("counts at each threshold what the definition says, and rises", () => {
    fc.assert(
      fc.property(arbitraryScores, (scores) => {
        const { thresholds, fars, tars } = rocCurve(scores);
        const share = (kind: Float32Array, threshold: number) =>
          kind.filter((score) => score >= threshold).length / kind.length;
        const distinct = new Set([...scores.genuine, ...scores.impostor].map((score) => score + 0));
        expect(thresholds).toHaveLength(distinct.size + 1);
        thresholds.forEach((threshold, i) => {
          expect(fars[i]).toBe(share(scores.impostor, threshold));
          expect(tars[i]).toBe(share(scores.genuine, threshold));
          if (i === 0) return;
          expect(threshold).toBeLessThan(thresholds[i - 1]!);
          expect(fars[i]! + tars[i]!).toBeGreaterThan(fars[i - 1]! + tars[i - 1]!);
        });
        expect([fars.at(-1), tars.at(-1)]).toEqual([1, 1]);
      }),
    );
  });

  it.each([rocCurve, areaUnderCurve, equalErrorRate])(
    "%o refuses a missing kind and scores that are not numbers",
    (f) => {
      expect(() => f(pairScores([], [0.1]))).toThrow(
        "got 0 genuine and 1 impostor scores, expected at least one of each",
      );
      expect(() => f(pairScores([0.1], []))).toThrow(OptionError);
      expect(() => f(pairScores([0.1], [0.2, Number.NaN]))).toThrow("impostor scores: got NaN at index 1");
      expect(() => f(pairScores([Number.POSITIVE_INFINITY], [0.2]))).toThrow("genuine scores: got Infinity at index 0");
    },
  );
});

describe("areaUnderCurve", () => {
  it("is 41 / 48 in a case worked by hand, as scipy 1.17.1's mannwhitneyu / (6 · 8) gives", () => {
    expect(areaUnderCurve(hand)).toBe(0.8541666666666666);
  });

  it("is 1 without overlap, 0 when the two are swapped, 0.5 when all scores are equal", () => {
    expect(areaUnderCurve(perfect)).toBe(1);
    expect(areaUnderCurve(mapScores(perfect, (score) => -score))).toBe(0);
    expect(areaUnderCurve(tied)).toBe(0.5);
  });

  it("is the share of genuine and impostor scores in the right order, ties half; and the trapezoids of the curve", () => {
    fc.assert(
      fc.property(arbitraryScores, (scores) => {
        let sum = 0;
        for (const g of scores.genuine) for (const i of scores.impostor) sum += g > i ? 1 : g === i ? 0.5 : 0;
        const { fars, tars } = rocCurve(scores);
        const trapezoids = fars.map((far, i) => (i ? ((far - fars[i - 1]!) * (tars[i]! + tars[i - 1]!)) / 2 : 0));
        expect(areaUnderCurve(scores)).toBe(sum / (scores.genuine.length * scores.impostor.length));
        expect(trapezoids.reduce((a, b) => a + b)).toBeCloseTo(areaUnderCurve(scores), 12);
      }),
    );
  });

  it("does not change under rising maps, nor when the kinds are exchanged and the scores negated", () => {
    fc.assert(
      fc.property(arbitraryScores, (scores) => {
        const area = areaUnderCurve(scores);
        expect(areaUnderCurve(mapScores(scores, (score) => Math.exp(3 * score) - 5))).toBe(area);
        expect(areaUnderCurve(mirrored(scores))).toBe(area);
        expect(areaUnderCurve(mapScores(scores, (score) => -score))).toBeCloseTo(1 - area, 12);
      }),
    );
  });
});

describe("equalErrorRate", () => {
  it("interpolates in a case worked by hand", () => {
    // At 0.5: FAR 2/8, FRR 2/6. At 0.45: FAR 3/8, FRR 2/6. FAR = FRR = 1/3 between them.
    expect(equalErrorRate(hand).rate).toBeCloseTo(1 / 3, 12);
    expect(equalErrorRate(hand)).toMatchObject({ genuineCount: 6, impostorCount: 8 });
    expect(equalErrorRate(hand).threshold).toBe(Math.fround(0.45));
  });

  it("is exact where a point has both rates equal", () => {
    const { rate, threshold } = equalErrorRate(pairScores([0.75, 0.25], [0.5, 0]));
    expect([rate, threshold]).toEqual([0.5, 0.5]);
  });

  it("is 0 without overlap, 1 when genuine and impostor are swapped, 0.5 when all scores are equal", () => {
    expect(equalErrorRate(perfect).rate).toBe(0);
    expect(equalErrorRate(mapScores(perfect, (score) => -score)).rate).toBe(1);
    expect(equalErrorRate(tied)).toMatchObject({ rate: 0.5, threshold: 0.5 });
  });

  it("is where a slow walk along the curve finds it, does not change under rising maps, and is symmetric", () => {
    fc.assert(
      fc.property(arbitraryScores, (scores) => {
        const { rate, threshold } = equalErrorRate(scores);
        const { fars, tars } = rocCurve(scores);
        // FRR as a function of FAR + TAR, which rises along the curve: bisect for FAR = FRR, that is FAR + TAR = 1.
        let i = 1;
        while (fars[i]! + tars[i]! < 1) i++;
        let [low, high] = [0, 1];
        const at = (share: number, values: Float64Array) => values[i - 1]! * (1 - share) + values[i]! * share;
        for (let step = 0; step < 60; step++) {
          const middle = (low + high) / 2;
          if (at(middle, fars) < 1 - at(middle, tars)) low = middle;
          else high = middle;
        }
        expect(rate).toBeCloseTo(at(high, fars), 10);
        expect(rate).toBeGreaterThanOrEqual(0);
        expect(rate).toBeLessThanOrEqual(1);
        expect([...scores.genuine, ...scores.impostor]).toContain(threshold);
        expect(equalErrorRate(mapScores(scores, (score) => Math.exp(3 * score) - 5)).rate).toBe(rate);
        expect(equalErrorRate(mirrored(scores)).rate).toBeCloseTo(rate, 10);
      }),
    );
  });

  it("is Φ(−d′ / 2) for two normal distributions of equal spread", () => {
    // Φ(−1) = 0.158655; the standard error at 20,000 scores is 0.002.
    expect(equalErrorRate(normalScores(1, 20_000, 2)).rate).toBeCloseTo(0.158655, 2);
  });
});
