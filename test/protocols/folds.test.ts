/** Verification rules against numbers of a program in Python that was written from their definitions. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type VerificationRule, verifyFolds } from "../../src/measure/protocols/index.ts";
import { firstView, madePairs, smoothRows, tiedRows } from "./made-pairs.ts";

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
const expected: Readonly<Record<"smooth" | "tied", ExpectedRules>> = JSON.parse(text);
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

describe.skipIf(!hasNumpy)("folds.py", () => {
  it("still gives the numbers that are kept", () => {
    const again: typeof expected = JSON.parse(execFileSync("python3", [script], { encoding: "utf8" }));
    for (const kind of ["smooth", "tied"] as const) {
      for (const rule of ["exact", "facex-zoo", "insightface", "xqlfw"] as const) {
        expect(again[kind][rule].folds, `${kind} ${rule}`).toEqual(expected[kind][rule].folds);
      }
    }
  });
});
