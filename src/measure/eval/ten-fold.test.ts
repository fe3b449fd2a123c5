import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError, random, ShapeError } from "../../base/core/index.ts";
import type { Embeddings } from "./embeddings.ts";
import type { VerificationPair } from "./pair-scores.ts";
import { describeVariant, verifyTenFold } from "./ten-fold.ts";

/** Unit vectors in the plane at these angles, so that a pair's cosine is the cosine of the difference. */
function atDegrees(...degrees: number[]): Embeddings {
  const data = degrees.flatMap((d) => [Math.cos((d * Math.PI) / 180), Math.sin((d * Math.PI) / 180)]);
  return { count: degrees.length, size: 2, data: Float32Array.from(data) };
}

/** Pairs of image 0 with the others. */
function pairs(...rows: [right: number, same: boolean, fold: number][]): VerificationPair[] {
  return rows.map(([right, same, fold]) => ({ left: 0, right, same, fold }));
}

/** Noisy embeddings of people, and pairs of every kind in `foldCount` folds of different sizes. */
function noisyFaces(seed: number, { foldCount = 4, size = 5, offset = 0 } = {}) {
  const stream = random(seed, "noisy-faces");
  const centers = Array.from({ length: 6 * size }, () => stream.normal());
  const data = Float32Array.from({ length: 24 * size }, (_, i) => {
    return centers[(Math.floor(i / size) % 6) * size + (i % size)]! + stream.normal(0, 0.8) + offset;
  });
  const list: VerificationPair[] = [];
  for (let i = 0; i < 20 * foldCount; i++) {
    const left = stream.integer(24);
    const right = i % 3 === 0 ? (left + 6) % 24 : stream.integer(24);
    const fold = i < foldCount ? i : stream.integer(foldCount);
    list.push({ left, right, same: left % 6 === right % 6, fold });
  }
  return { embeddings: { count: 24, size, data }, list };
}

/** The protocol word for word: features from which the mean was taken, and every threshold between two scores. */
function slowFolds({ size, data }: Embeddings, list: readonly VerificationPair[], centering: boolean) {
  const row = (index: number) => Array.from(data.subarray(index * size, (index + 1) * size));
  const foldCount = Math.max(...list.map(({ fold }) => fold)) + 1;
  return Array.from({ length: foldCount }, (_, fold) => {
    const training = list.filter((pair) => pair.fold !== fold);
    const features = training.flatMap(({ left, right }) => [row(left), row(right)]);
    const mean = row(0).map((_, i) => (centering ? features.reduce((sum, f) => sum + f[i]!, 0) / features.length : 0));
    const score = ({ left, right }: VerificationPair) => {
      const a = row(left).map((x, i) => x - mean[i]!);
      const b = row(right).map((x, i) => x - mean[i]!);
      return Math.fround(a.reduce((sum, x, i) => sum + x * b[i]!, 0) / (Math.hypot(...a) * Math.hypot(...b)));
    };
    const accuracy = (some: readonly VerificationPair[], threshold: number) =>
      some.filter((pair) => score(pair) >= threshold === pair.same).length / some.length;
    const cuts = [...new Set([-1, ...training.map(score), 1 + 2 ** -20])].sort((a, b) => a - b);
    const best = Math.max(...cuts.map((cut) => accuracy(training, cut)));
    // Each cut stands for the thresholds down to the cut before it; neighbors that are equally good make one run.
    const runs: [number, number][] = [];
    cuts.forEach((cut, i) => {
      if (accuracy(training, cut) !== best) return;
      const low = cuts[i - 1] ?? -1;
      if (runs.at(-1)?.[1] === low) runs.at(-1)![1] = cut;
      else runs.push([low, cut]);
    });
    const widest = runs.reduce((a, b) => (b[1] - b[0] > a[1] - a[0] ? b : a));
    const threshold = (widest[0] + widest[1]) / 2;
    const tested = list.filter((pair) => pair.fold === fold);
    return { accuracy: accuracy(tested, threshold), threshold, pairCount: tested.length };
  });
}

describe("verifyTenFold", () => {
  it("scores two folds, worked by hand", () => {
    const embeddings = atDegrees(0, 10, 40, 60, 90, 20, 55, 30, 80);
    const list = pairs([1, true, 0], [2, true, 0], [3, false, 0], [4, false, 0]).concat(
      pairs([5, true, 1], [6, true, 1], [7, false, 1], [8, false, 1]),
    );
    const result = verifyTenFold(embeddings, list, { flip: "concat" });
    const cosine = (degrees: number) => Math.cos((degrees * Math.PI) / 180);
    // Fold 0 is cut where fold 1 has 3 of 4 right: between 20° and 30°, or between 55° and 80°, which is wider.
    expect(result.folds[0]!.threshold).toBeCloseTo((cosine(55) + cosine(80)) / 2, 6);
    expect(result.folds[0]!.accuracy).toBe(0.75);
    // Fold 1 is cut where fold 0 has all right, between 40° and 60°: at 50.7°.
    expect(result.folds[1]!.threshold).toBeCloseTo((cosine(40) + cosine(60)) / 2, 6);
    expect(result.folds[1]!.accuracy).toBe(0.5);
    expect(result.accuracy).toBe(0.625);
    expect(result.standardDeviation).toBeCloseTo(Math.sqrt(2 * 0.125 ** 2), 12);
    expect(result.standardError).toBeCloseTo(0.125, 12);
    expect(result.auc).toBe(14 / 16);
    expect(result.variant).toBe("flip=concat, centering=none, score=cosine, threshold=best of the other fold");
    expect(result.protocol).toBe("lfw");
    expect(result.pairCount).toBe(8);
  });

  it.each([false, true])("agrees with the protocol word for word, centering %s", (centering) => {
    const options = fc.record({ foldCount: fc.integer({ min: 2, max: 5 }), offset: fc.constantFrom(0, 2) });
    fc.assert(
      fc.property(fc.nat(), options, (seed, faces) => {
        const { embeddings, list } = noisyFaces(seed, faces);
        const { folds } = verifyTenFold(embeddings, list, { centering });
        const expected = slowFolds(embeddings, list, centering);
        expect(folds.map(({ accuracy, pairCount }) => [accuracy, pairCount])).toEqual(
          expected.map(({ accuracy, pairCount }) => [accuracy, pairCount]),
        );
        folds.forEach(({ threshold }, i) => {
          expect(threshold).toBeCloseTo(expected[i]!.threshold, 6);
        });
      }),
      { numRuns: 15, seed: 1 },
    );
  });

  it("is blind to an offset common to all features when they are centered, and only then", () => {
    const at = (offset: number, centering: boolean) => {
      const { embeddings, list } = noisyFaces(3, { offset });
      return verifyTenFold(embeddings, list, { centering });
    };
    const largestChange = (centering: boolean) => {
      const moved = at(4, centering).genuineScores;
      return Math.max(...at(0, centering).genuineScores.map((score, i) => Math.abs(score - moved[i]!)));
    };
    expect(largestChange(true)).toBeLessThan(1e-5);
    expect(largestChange(false)).toBeGreaterThan(0.1);
    expect(at(0, true).variant).toContain("centering=mean of the training folds");
  });

  it("does not depend on the embeddings' lengths", () => {
    const { embeddings, list } = noisyFaces(5);
    const scaled = { ...embeddings, data: embeddings.data.map((x, i) => x * 2 ** (Math.floor(i / 5) % 7)) };
    expect(verifyTenFold(scaled, list)).toEqual(verifyTenFold(embeddings, list));
  });

  it("measures TAR at the rates that the impostor pairs allow, and says why not at others", () => {
    const { embeddings, list } = noisyFaces(8);
    const impostorCount = list.filter(({ same }) => !same).length;
    const [tenth, thousandth] = verifyTenFold(embeddings, list, { fars: [0.1, 0.001] }).tarAtFar;
    expect(tenth).toMatchObject({ far: 0.1, impostorCount });
    expect(tenth!.tar).toBeGreaterThan(0);
    expect(tenth!.warning).toContain("expected at least 100");
    expect(thousandth).toEqual({
      far: 0.001,
      tar: null,
      threshold: null,
      impostorCount,
      reason: `insufficient data: ${impostorCount} impostor pairs cannot show a rate of 0.001, expected at least 1000`,
    });
  });

  it("gives a collapsed network 50 %, whether it answers zeros or one point", () => {
    const list = Array.from({ length: 8 }, (_, i) => ({ left: i, right: 7 - i, same: i % 2 === 0, fold: i >> 2 }));
    for (const value of [0, 0.3]) {
      for (const centering of [false, true]) {
        const embeddings = { count: 8, size: 3, data: new Float32Array(24).fill(value) };
        const result = verifyTenFold(embeddings, list, { centering });
        expect(result).toMatchObject({ accuracy: 0.5, standardDeviation: 0, eer: 0.5, auc: 0.5 });
        // Zeros have no direction, nor has what is left of one point without its mean.
        expect(result.genuineScores[0]).toBe(value === 0 || centering ? 0 : 1);
      }
    }
  });

  it("names the row that is not finite", () => {
    const { embeddings, list } = noisyFaces(1);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const data = embeddings.data.slice();
      data[5 * 17 + 2] = value;
      expect(() => verifyTenFold({ ...embeddings, data }, list)).toThrow(OptionError);
      expect(() => verifyTenFold({ ...embeddings, data }, list)).toThrow(
        "embeddings: row 17 contains NaN or an infinite number",
      );
    }
  });

  it("refuses one fold, an empty fold, one kind of pair, and pairs of no rows", () => {
    const embeddings = atDegrees(0, 10, 20, 30);
    const verify = (...rows: [number, boolean, number][]) => verifyTenFold(embeddings, pairs(...rows));
    expect(() => verify([1, true, 0], [2, false, 0])).toThrow("got pairs in 1 folds, expected at least 2");
    expect(() => verify()).toThrow("got pairs in 0 folds, expected at least 2");
    expect(() => verify([1, true, 0], [2, false, 2])).toThrow("got no pairs in fold 1, expected some in all 3");
    expect(() => verify([1, true, 0], [2, true, 1])).toThrow("got 2 genuine and 0 impostor scores");
    expect(() => verify([1, true, 0], [4, false, 1])).toThrow("pair 1: got row 4, expected a row of the 4 embeddings");
    expect(() => verify([1, true, 0.5])).toThrow(OptionError);
    expect(() => verifyTenFold({ ...embeddings, count: 5 }, pairs([1, true, 0], [2, false, 1]))).toThrow(ShapeError);
  });

  it("takes time in proportion to the pairs: LFW's 6,000 with 1024-d embeddings take 50 ms on a free core", () => {
    const stream = random(1);
    const data = Float32Array.from({ length: 12_000 * 1024 }, () => stream.uniform(-1, 1));
    const list = Array.from({ length: 6000 }, (_, i) => {
      return { left: 2 * i, right: 2 * i + 1, same: i % 600 < 300, fold: Math.floor(i / 600) };
    });
    const times = Array.from({ length: 3 }, () => {
      const start = performance.now();
      verifyTenFold({ count: 12_000, size: 1024, data }, list);
      return performance.now() - start;
    });
    // Wide, because the tests share their machine; anything quadratic takes several seconds.
    expect(Math.min(...times)).toBeLessThan(500);
  });
});

describe("describeVariant", () => {
  it("names LFW's variant in the words of the literature", () => {
    expect(describeVariant({ flip: "sum", centering: true, score: "cosine" }, 10)).toBe(
      "flip=sum, centering=mean of the training folds, score=cosine, threshold=best of the other nine folds",
    );
    expect(describeVariant({ flip: "none", centering: false, score: "cosine" }, 5)).toContain("other 4 folds");
  });
});
