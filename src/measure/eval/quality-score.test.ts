import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError, random } from "../../base/core/index.ts";
import { fitQualityWeights, pairQualities, type QualityPairs, qualityScore } from "./quality-score.ts";

/**
 * Pairs of a network whose norms mean quality: two good images of one person are more alike than two poor ones, and the
 * cosines of two people are spread wider for good ones.
 */
function drawnPairs(seed: number, { genuineCount = 400, impostorCount = 4000, gain = 0.5 } = {}) {
  const stream = random(seed, "quality");
  const pairs = (count: number, cosineOf: (quality: number) => number): QualityPairs => {
    const qualities = Float32Array.from({ length: count }, () => 10 + 30 * stream.uniform());
    return { qualities, cosines: qualities.map(cosineOf) };
  };
  return {
    genuine: pairs(genuineCount, (q) => 0.25 + gain * ((q - 10) / 30) + 0.15 * stream.normal()),
    impostor: pairs(impostorCount, (q) => 0.15 * (0.3 + (q - 10) / 30) * stream.normal()),
  };
}

describe("qualityScore", () => {
  it("is worked out by hand, below and above α/β", () => {
    const weights = { alpha: 0.02, beta: 0.05 };
    expect(qualityScore(0.2, 30, weights)).toBeCloseTo(0.2 - 0.01 * 30, 12);
    expect(qualityScore(0.4, 30, weights)).toBeCloseTo(0.4, 12);
    expect(qualityScore(0.9, 30, weights)).toBe(0.9);
    expect(qualityScore(0.3, 30, { alpha: 0, beta: 0 })).toBe(0.3);
  });

  it("rises with the cosine, and is never above it, for β ≥ 0", () => {
    const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    fc.assert(
      fc.property(
        number(-1, 1),
        number(-1, 1),
        number(0, 100),
        number(0, 1),
        number(0, 1),
        (a, b, quality, alpha, beta) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)].map((s) => qualityScore(s, quality, { alpha, beta }));
          expect(low).toBeLessThanOrEqual(high! + 1e-12);
          expect(high).toBeLessThanOrEqual(Math.max(a, b));
        },
      ),
    );
  });
});

describe("pairQualities", () => {
  it("takes the smaller norm, and refuses rows that are not there", () => {
    const pair = { left: 0, right: 2, same: true, fold: 0 };
    expect([...pairQualities([3, 1, 2], [pair, { ...pair, left: 1 }])]).toEqual([2, 1]);
    expect(() => pairQualities([3, 1], [pair])).toThrow("pair 0: got rows 0 and 2, expected rows of the 2 norms");
  });
});

describe("fitQualityWeights", () => {
  /** The mean true accept rate by definition: for each rate the threshold right above the impostor that must fail. */
  function meanTar(
    { genuine, impostor }: ReturnType<typeof drawnPairs>,
    fars: readonly number[],
    rule: (s: number, q: number) => number,
  ) {
    const score = ({ cosines, qualities }: QualityPairs) =>
      Array.from(cosines, (s, i) => Math.fround(rule(s, qualities[i]!))).sort((a, b) => b - a);
    const [own, others] = [score(genuine), score(impostor)];
    const tars = fars.map((far) => {
      const limit = others[Math.floor(far * others.length + 1e-9)]!;
      return own.filter((value) => value > limit).length / own.length;
    });
    return tars.reduce((sum, tar) => sum + tar) / tars.length;
  }

  it("finds weights that accept more genuine pairs at the same false accept rates, on other pairs too", () => {
    const { genuine, impostor } = drawnPairs(1);
    const fitted = fitQualityWeights(genuine, impostor);
    expect(fitted.meanTar).toBeGreaterThan(fitted.plainMeanTar + 0.1);
    expect(fitted.fars.length).toBeGreaterThan(10);
    const others = drawnPairs(2);
    const plain = meanTar(others, fitted.fars, (s) => s);
    expect(meanTar(others, fitted.fars, (s, q) => qualityScore(s, q, fitted))).toBeGreaterThan(plain + 0.1);
  });

  it("reports the rates of the definition, and is never below the plain cosine", () => {
    for (const [seed, gain] of [
      [3, 0.5],
      [4, 0],
      [5, -0.3],
    ] as const) {
      const pairs = drawnPairs(seed, { gain, genuineCount: 100, impostorCount: 500 });
      const fitted = fitQualityWeights(pairs.genuine, pairs.impostor);
      expect(fitted.plainMeanTar).toBeCloseTo(
        meanTar(pairs, fitted.fars, (s) => s),
        6,
      );
      expect(fitted.meanTar).toBeCloseTo(
        meanTar(pairs, fitted.fars, (s, q) => qualityScore(s, q, fitted)),
        6,
      );
      expect(fitted.meanTar).toBeGreaterThanOrEqual(fitted.plainMeanTar);
    }
  });

  it("is the plain cosine where cosines alone separate the pairs", () => {
    const all = (cosine: number, count: number): QualityPairs => ({
      cosines: new Float32Array(count).fill(cosine),
      qualities: Float32Array.from({ length: count }, (_, i) => 10 + (i % 30)),
    });
    expect(fitQualityWeights(all(0.9, 50), all(0, 200))).toMatchObject({
      alpha: 0,
      beta: 0,
      meanTar: 1,
      plainMeanTar: 1,
    });
  });

  it("refuses too few pairs, lists of two lengths and numbers that are not finite", () => {
    const { genuine, impostor } = drawnPairs(6, { genuineCount: 5, impostorCount: 99 });
    expect(() => fitQualityWeights(genuine, impostor)).toThrow(/got 99 impostor pairs, expected at least 100/);
    const short = { ...genuine, qualities: genuine.qualities.subarray(1) };
    expect(() => fitQualityWeights(short, impostor)).toThrow(/genuine pairs: got 5 cosines and 4 qualities/);
    const broken = { ...genuine, cosines: genuine.cosines.map(() => Number.NaN) };
    expect(() => fitQualityWeights(broken, impostor)).toThrow(OptionError);
  });
});
