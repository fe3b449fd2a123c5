/** Verification rules against numbers of a program in Python that was written from their definitions. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { poolTemplates } from "../../src/measure/eval/index.ts";
import {
  meanFrameCosines,
  type VerificationRule,
  verifyFolds,
  verifyRaces,
  verifyScores,
} from "../../src/measure/protocols/index.ts";
import { FOLDS, firstView, madePairs, smoothRows, tiedRows } from "./made-pairs.ts";

type Expected = {
  readonly accuracy: number;
  readonly standardDeviation: number;
  readonly folds: readonly number[];
  readonly thresholds: readonly number[];
};
type ExpectedValidation = {
  readonly rate: number;
  readonly standardDeviation: number;
  readonly measuredFar: number;
  readonly thresholds: readonly number[];
};
type ExpectedRules = Readonly<Record<VerificationRule, Expected>> & { readonly validation: ExpectedValidation };

const script = join(import.meta.dirname, "folds.py");
const text = readFileSync(join(import.meta.dirname, "folds.json"), "utf8");
type ExpectedSpread = { readonly mean: number; readonly standardDeviation: number; readonly ratio: number };
const expected: Readonly<Record<"smooth" | "tied", ExpectedRules>> & {
  readonly races: {
    readonly own: readonly number[];
    readonly atOne: readonly number[];
    readonly spread: ExpectedSpread;
    readonly spreadAtOne: ExpectedSpread;
  };
  readonly videos: {
    readonly means: Expected;
    readonly framePairs: Expected;
    readonly scores: readonly number[];
  };
} = JSON.parse(text);
const rowsOf = { smooth: smoothRows, tied: tiedRows };

/** Whether this machine has numpy. */
const hasNumpy = (() => {
  try {
    execFileSync("python3", ["-c", "import numpy"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

describe.each(["smooth", "tied"] as const)("%s embeddings", (kind) => {
  it.each(["exact", "facex-zoo", "insightface", "xqlfw"] as const)("have numpy's accuracies by the rule %s", (rule) => {
    const rows = rowsOf[kind]();
    const options = rule === "insightface" ? { rule, viewCount: 2 } : { rule };
    const result = verifyFolds(rule === "insightface" ? rows : firstView(rows), madePairs, options);
    const wanted = expected[kind][rule];
    expect(result.folds.map(({ accuracy }) => accuracy)).toEqual(wanted.folds);
    expect(result.accuracy).toBeCloseTo(wanted.accuracy, 12);
    expect(result.standardDeviation).toBeCloseTo(wanted.standardDeviation, 12);
    const thresholds = result.folds.map(({ threshold }) => threshold);
    for (const [i, threshold] of thresholds.entries()) expect(threshold).toBeCloseTo(wanted.thresholds[i] ?? 0, 9);
    expect(result.variant).toContain(rule === "exact" ? "best of the other nine folds" : `${rule}: `);
  });

  it("have numpy's VAL at FAR 1e-3", () => {
    const { validation } = verifyFolds(rowsOf[kind](), madePairs, { rule: "insightface", viewCount: 2 });
    const wanted = expected[kind].validation;
    expect(validation?.rate).toBeCloseTo(wanted.rate, 12);
    expect(validation?.standardDeviation).toBeCloseTo(wanted.standardDeviation, 12);
    expect(validation?.measuredFar).toBeCloseTo(wanted.measuredFar, 12);
    for (const [i, threshold] of (validation?.thresholds ?? []).entries()) {
      expect(threshold).toBeCloseTo(wanted.thresholds[i] ?? 0, 12);
    }
  });
});

describe("races", () => {
  it("have numpy's accuracies, means, deviations and error ratios", () => {
    const names = ["a", "b", "c", "d"];
    const pairsOf = new Map(names.map((name, race) => [name, madePairs.filter((_, i) => i % 4 === race)]));
    const { races, spread, spreadAtOneThreshold } = verifyRaces(firstView(smoothRows()), pairsOf);
    const { own, atOne } = expected.races;
    for (const [i, { race, accuracy, atOneThreshold }] of races.entries()) {
      expect(race).toBe(names[i]);
      expect(accuracy).toBeCloseTo(own[i] ?? 0, 12);
      expect(atOneThreshold.accuracy).toBeCloseTo(atOne[i] ?? 0, 12);
    }
    for (const [got, wanted] of [
      [spread, expected.races.spread],
      [spreadAtOneThreshold, expected.races.spreadAtOne],
    ] as const) {
      expect(got.mean).toBeCloseTo(wanted.mean, 12);
      expect(got.standardDeviation).toBeCloseTo(wanted.standardDeviation, 12);
      expect(got.skewedErrorRatio).toBeCloseTo(wanted.ratio, 9);
    }
  });

  it("have no error ratio where one of them has no error", () => {
    const rows = { count: 4, size: 2, data: Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1) };
    const [genuine, impostor] = [
      { left: 0, right: 1, same: true },
      { left: 0, right: 2, same: false },
    ];
    const right = [0, 1].flatMap((fold) => [genuine, impostor].map((pair) => ({ ...pair, fold })));
    const wrong = right.map((pair) => ({ ...pair, right: pair.same ? 2 : 1 }));
    const { spread } = verifyRaces(
      rows,
      new Map([
        ["right", right],
        ["wrong", wrong],
      ]),
    );
    expect(spread.skewedErrorRatio).toBeNull();
    expect(() => verifyRaces(rows, new Map([["right", right]]))).toThrow("got pairs of 1 race, expected at least 2");
  });
});

describe("videos", () => {
  const frames = firstView(smoothRows());
  const videoCount = frames.count / 3;
  const videoOf = Uint32Array.from({ length: frames.count }, (_, row) => Math.floor(row / 3));
  const pairs = Array.from({ length: videoCount / 2 }, (_, k) => ({
    left: 2 * k,
    right: 2 * k + 1,
    same: k % 2 === 0,
    fold: Math.floor((k * FOLDS) / (videoCount / 2)),
  }));

  it("have numpy's accuracies by the means of their frames", () => {
    const { folds, accuracy } = verifyFolds(poolTemplates(frames, videoOf), pairs);
    expect(folds.map((fold) => fold.accuracy)).toEqual(expected.videos.means.folds);
    expect(accuracy).toBeCloseTo(expected.videos.means.accuracy, 12);
  });

  it("have numpy's accuracies by the mean cosine of all pairs of frames", () => {
    const scores = meanFrameCosines(frames, videoOf, videoCount, pairs);
    for (const [i, score] of expected.videos.scores.entries()) expect(scores[i]).toBeCloseTo(score, 6);
    const { folds, variant, pairCount } = verifyScores(scores, pairs, "none");
    expect(folds.map((fold) => fold.accuracy)).toEqual(expected.videos.framePairs.folds);
    expect({ variant, pairCount }).toMatchObject({ pairCount: 200, variant: expect.stringContaining("cosine") });
  });

  it("leave out frames without a face, and score 0 without any", () => {
    const rows = { count: 4, size: 2, data: Float32Array.of(1, 0, 0, 0, 3, 4, 0, 0) };
    const two = [
      { left: 0, right: 1 },
      { left: 0, right: 2 },
    ];
    const scores = meanFrameCosines(rows, Uint32Array.of(0, 0, 1, 2), 3, two);
    expect([...scores]).toEqual([Math.fround(0.6), 0]);
  });
});

describe.skipIf(!hasNumpy)("folds.py", () => {
  it("still gives the numbers that are kept", () => {
    const again: typeof expected = JSON.parse(execFileSync("python3", [script], { encoding: "utf8" }));
    for (const kind of ["smooth", "tied"] as const) {
      for (const rule of ["exact", "facex-zoo", "insightface", "xqlfw"] as const) {
        expect(again[kind][rule].folds, `${kind} ${rule}`).toEqual(expected[kind][rule].folds);
      }
    }
    expect(again.races.atOne).toEqual(expected.races.atOne);
    expect(again.videos.framePairs.folds).toEqual(expected.videos.framePairs.folds);
  });
});
