/**
 * FaceX-Zoo's rule: 1,000 thresholds from the lowest to the highest score of the other folds. Its scores are f32, its
 * step is a quotient in f32, and its thresholds are f64. A score that equals the threshold counts as wrong, whichever
 * kind its pair is of.
 */
import type { FoldResult, VerificationPair } from "../eval/index.ts";
import { firstBest } from "./fold-counts.ts";
import { foldFigures } from "./fold-figures.ts";
import type { VerifiedFolds } from "./grid-rules.ts";

const STEPS = 1000;

/** Verifies pairs by their cosines, in the order of the pairs. */
export function verifyByRange(scores: Float32Array, pairs: readonly VerificationPair[]): VerifiedFolds {
  const foldCount = pairs.reduce((highest, { fold }) => Math.max(highest, fold + 1), 0);
  const isCorrect = new Uint8Array(pairs.length);
  const folds = Array.from({ length: foldCount }, (_, tested): FoldResult => {
    const isTested = (i: number) => pairs[i]?.fold === tested;
    const kept = scores.filter((_, i) => !isTested(i));
    const [lowest, highest] = [kept.reduce((a, b) => Math.min(a, b)), kept.reduce((a, b) => Math.max(a, b))];
    const step = Math.fround(Math.fround(highest - lowest) / STEPS);
    const sorted = (same: boolean) =>
      Float64Array.from(scores.filter((_, i) => !isTested(i) && pairs[i]?.same === same)).sort();
    const [genuine, impostor] = [sorted(true), sorted(false)];
    const thresholds = Float64Array.from({ length: STEPS }, (_, i) => lowest + step * (i + 1));
    const tpr = Array.from(thresholds, (threshold) => countAbove(genuine, threshold) / genuine.length);
    const fpr = Array.from(thresholds, (threshold) => countAbove(impostor, threshold) / impostor.length);
    const threshold = thresholds[firstBest(STEPS, (i) => (tpr[i] ?? 0) - (fpr[i] ?? 0))] ?? 0;
    const own = [...scores.keys()].filter(isTested);
    for (const i of own) isCorrect[i] = Number(pairs[i]?.same ? scores[i]! > threshold : scores[i]! < threshold);
    const correctCount = own.reduce((sum, i) => sum + (isCorrect[i] ?? 0), 0);
    return { accuracy: correctCount / own.length, threshold, pairCount: own.length };
  });
  return { ...foldFigures(folds, "n - 1"), thresholdKind: "cosine", isCorrect };
}

function countAbove(sorted: Float64Array, threshold: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! > threshold) high = middle;
    else low = middle + 1;
  }
  return sorted.length - low;
}
