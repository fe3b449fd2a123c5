/** Rules that try the thresholds of a grid, as InsightFace and XQLFW do. */
import type { FoldResult, VerificationPair } from "../eval/index.ts";
import { correctAt, countFolds, countOthers, firstBest } from "./fold-counts.ts";
import { type FoldFigures, foldFigures } from "./fold-figures.ts";
import { type ValidationRate, validationRate } from "./validation-rate.ts";

/** What a rule's thresholds are compared with. */
export type ThresholdKind = "cosine" | "squared distance" | "cosine distance";

/** Thresholds 0, step, 2 · step …, as numpy.arange has them. */
type Grid = { readonly kind: ThresholdKind; readonly step: number; readonly count: number };
const INSIGHTFACE: Grid = { kind: "squared distance", step: 0.01, count: 400 };
const VALIDATION: Grid = { kind: "squared distance", step: 0.001, count: 4000 };
const XQLFW: Grid = { kind: "cosine distance", step: 0.001, count: 2000 };
const VALIDATION_FAR = 1e-3;

/** Folds that were verified by one rule. */
export type VerifiedFolds = FoldFigures & {
  readonly thresholdKind: ThresholdKind;
  readonly isCorrect: Uint8Array;
  readonly validation?: ValidationRate;
};

/**
 * Verifies pairs by the first best threshold of a grid; InsightFace's rule has VAL too, where every fold has pairs of
 * both kinds.
 */
export function verifyOnGrid(
  squared: Float64Array,
  pairs: readonly VerificationPair[],
  rule: "insightface" | "xqlfw",
): VerifiedFolds {
  const grid = rule === "xqlfw" ? XQLFW : INSIGHTFACE;
  const distances = grid.kind === "cosine distance" ? squared.map((distance) => 0.5 * distance) : squared;
  const thresholds = thresholdsOf(grid);
  const counts = countFolds(distances, pairs, thresholds);
  const folds = counts.map((fold, tested): FoldResult => {
    const others = countOthers(counts, tested);
    const best = firstBest(thresholds.length, (i) => correctAt(others, i));
    const pairCount = fold.genuineCount + fold.impostorCount;
    return { accuracy: correctAt(fold, best) / pairCount, threshold: thresholds[best] ?? 0, pairCount };
  });
  const isCorrect = Uint8Array.from(pairs, ({ same, fold }, i) =>
    Number((distances[i] ?? Number.NaN) < (folds[fold]?.threshold ?? 0) === same),
  );
  const figures = { ...foldFigures(folds, "n"), thresholdKind: grid.kind, isCorrect };
  const hasBoth = counts.every(({ genuineCount, impostorCount }) => genuineCount > 0 && impostorCount > 0);
  if (rule === "xqlfw" || !hasBoth) return figures;
  const fine = thresholdsOf(VALIDATION);
  const below = (fold: number, threshold: number, same: boolean) =>
    distances.filter((distance, i) => pairs[i]?.fold === fold && pairs[i]?.same === same && distance < threshold)
      .length;
  const validation = validationRate(countFolds(distances, pairs, fine), fine, VALIDATION_FAR, (fold, threshold) => ({
    genuine: below(fold, threshold, true),
    impostor: below(fold, threshold, false),
  }));
  return { ...figures, validation };
}

function thresholdsOf({ step, count }: Grid): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => i * step);
}
