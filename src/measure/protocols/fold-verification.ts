/**
 * Verification in folds by the rules of published programs. All choose the threshold of a fold on the others and report
 * the mean of the folds' accuracies, yet differ in the score, the thresholds that they try, which of equally good ones
 * they take, and the spread that they report. So each rule has a name, and a result carries it.
 *
 * @see InsightFace, arcface_torch, `eval/verification.py`: https://github.com/deepinsight/insightface
 * @see FaceX-Zoo, `test_protocol/lfw/lfw_evaluator.py`: https://github.com/JDAI-CV/FaceX-Zoo
 * @see Knoche et al., XQLFW, FG 2021, `code/evaluate.py`: https://github.com/Martlgap/xqlfw
 */
import { requireOneOf } from "../../base/core/index.ts";
import {
  type Embeddings,
  type FlipRule,
  type FoldResult,
  type Interval,
  scorePairs,
  type TarAtFar,
  type VerificationPair,
  verifyTenFold,
  wilsonInterval,
} from "../eval/index.ts";
import { correctAt, countFolds, countOthers, firstBest } from "./fold-counts.ts";
import { squaredPairDistances } from "./pair-distances.ts";
import { type ValidationRate, validationRate } from "./validation-rate.ts";

/**
 * Rules of verification in folds:
 *
 * - `exact`: the cosine that decides most pairs correctly, without a grid (`verifyTenFold`); sample standard deviation.
 * - `insightface`: squared distance < threshold, 0 to 4 by 0.01, the first best; population standard deviation; VAL.
 * - `facex-zoo`: cosine > threshold, 1,000 steps from the lowest to the highest score of the other folds, the first
 *   with the greatest TPR − FPR; standard error of the mean.
 * - `xqlfw`: half the squared distance < threshold, 0 to 2 by 0.001, the first best.
 */
export const verificationRules = ["exact", "insightface", "facex-zoo", "xqlfw"] as const;
/** Name of a rule of verification in folds. */
export type VerificationRule = (typeof verificationRules)[number];

/** What a rule's thresholds are compared with. */
export type ThresholdKind = "cosine" | "squared distance" | "cosine distance";

/** The 95 % interval of an accuracy over all pairs. */
export type AccuracyInterval = Interval & {
  readonly confidence: number;
  /** How it is computed, and what that takes for granted. */
  readonly method: string;
};

/** A verification in folds. All rates are in [0, 1]. */
export type FoldVerification = {
  readonly rule: VerificationRule;
  /** The choices of the rule, in words. */
  readonly variant: string;
  readonly pairCount: number;
  /** Mean of the folds' accuracies. */
  readonly accuracy: number;
  /** Of the folds' accuracies: with n − 1 in the denominator for `exact` and `facex-zoo`, else with n. */
  readonly standardDeviation: number;
  /** Sample standard deviation / √(number of folds). */
  readonly standardError: number;
  readonly accuracyInterval: AccuracyInterval;
  readonly folds: readonly FoldResult[];
  /** What the folds' thresholds are compared with. */
  readonly thresholdKind: ThresholdKind;
  /** InsightFace's VAL at FAR 1e-3; only of the rule `insightface`, where every fold has pairs of both kinds. */
  readonly validation?: ValidationRate;
  readonly eer: number;
  readonly auc: number;
  readonly tarAtFar: readonly TarAtFar[];
  /** Cosines, in the order of the pairs. */
  readonly genuineScores: Float32Array;
  readonly impostorScores: Float32Array;
};

/** How pairs are verified. */
export type FoldVerificationOptions = {
  /** Default "exact". */
  readonly rule?: VerificationRule;
  /** How the embeddings were made; only reported. Default "none". */
  readonly flip?: FlipRule;
  /** Subtract the mean embedding of the other folds; only of the rule `exact`. Default false. */
  readonly centering?: boolean;
  /** Views that a row holds side by side, to be added in f64 by rules on distances. Default 1. */
  readonly viewCount?: number;
};

/**
 * Verifies pairs in folds by a published rule.
 *
 * @param embeddings a row for each image, of any length.
 * @throws {OptionError} when there are fewer than two folds, an empty fold, no genuine or no impostor pairs, a row that
 *   does not exist, or a row that is not finite.
 */
export function verifyFolds(
  embeddings: Embeddings,
  pairs: readonly VerificationPair[],
  { rule = "exact", flip = "none", centering = false, viewCount = 1 }: FoldVerificationOptions = {},
): FoldVerification {
  requireOneOf("rule", rule, verificationRules);
  const added = viewCount === 1 ? embeddings : addViews(embeddings, viewCount);
  const exact = verifyTenFold(added, pairs, { flip, centering });
  const { eer, auc, tarAtFar, genuineScores, impostorScores } = exact;
  const rest = { pairCount: pairs.length, eer, auc, tarAtFar, genuineScores, impostorScores };
  if (rule === "exact") {
    const { variant, accuracy, standardDeviation, standardError, folds } = exact;
    const figures = { accuracy, standardDeviation, standardError, folds, accuracyInterval: intervalOf(folds) };
    return { rule, variant, ...rest, ...figures, thresholdKind: "cosine" };
  }
  const distances = squaredPairDistances(embeddings, pairs, viewCount);
  const verified =
    rule === "facex-zoo" ? byRange(added, pairs) : byGrid(distances, pairs, rule === "xqlfw" ? XQLFW : INSIGHTFACE);
  const variant = `${rule}: flip=${flip}, ${describeRule[rule]}`;
  return { rule, variant, ...rest, ...verified, accuracyInterval: intervalOf(verified.folds) };
}

const describeRule = {
  insightface:
    "score=squared distance of unit vectors, threshold=first best of 0 to 4 by 0.01 on the other folds, " +
    "standard deviation with n",
  "facex-zoo":
    "score=cosine, threshold=first with the greatest TPR − FPR of 1000 steps over the other folds' scores, " +
    "standard deviation with n − 1",
  xqlfw: "score=cosine distance, threshold=first best of 0 to 2 by 0.001 on the other folds, standard deviation with n",
} as const;

/** Thresholds 0, step, 2 · step …, as numpy.arange has them. */
type Grid = { readonly kind: ThresholdKind; readonly step: number; readonly count: number };
const INSIGHTFACE: Grid = { kind: "squared distance", step: 0.01, count: 400 };
const VALIDATION: Grid = { kind: "squared distance", step: 0.001, count: 4000 };
const XQLFW: Grid = { kind: "cosine distance", step: 0.001, count: 2000 };
const VALIDATION_FAR = 1e-3;

type Verified = Pick<
  FoldVerification,
  "accuracy" | "standardDeviation" | "standardError" | "folds" | "thresholdKind" | "validation"
>;

function byGrid(squared: Float64Array, pairs: readonly VerificationPair[], grid: Grid): Verified {
  const distances = grid.kind === "cosine distance" ? squared.map((distance) => 0.5 * distance) : squared;
  const thresholds = thresholdsOf(grid);
  const counts = countFolds(distances, pairs, thresholds);
  const folds = counts.map((fold, tested): FoldResult => {
    const others = countOthers(counts, tested);
    const best = firstBest(thresholds.length, (i) => correctAt(others, i));
    const pairCount = fold.genuineCount + fold.impostorCount;
    return { accuracy: correctAt(fold, best) / pairCount, threshold: thresholds[best] ?? 0, pairCount };
  });
  const { accuracy, population, standardError } = spreadOf(folds);
  const figures = { accuracy, standardDeviation: population, standardError, folds, thresholdKind: grid.kind };
  const hasBoth = counts.every(({ genuineCount, impostorCount }) => genuineCount > 0 && impostorCount > 0);
  if (grid !== INSIGHTFACE || !hasBoth) return figures;
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

/** FaceX-Zoo's rule: its scores are f32, its step an f32 quotient, and its thresholds f64. */
function byRange(embeddings: Embeddings, pairs: readonly VerificationPair[]): Verified {
  const STEPS = 1000;
  const scores = pairScoresInOrder(embeddings, pairs);
  const foldCount = pairs.reduce((highest, { fold }) => Math.max(highest, fold + 1), 0);
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
    // A score that equals the threshold counts as wrong, whichever kind its pair is of.
    const isCorrect = (i: number) => (pairs[i]?.same ? scores[i]! > threshold : scores[i]! < threshold);
    return { accuracy: own.filter(isCorrect).length / own.length, threshold, pairCount: own.length };
  });
  const { accuracy, sample, standardError } = spreadOf(folds);
  return { accuracy, standardDeviation: sample, standardError, folds, thresholdKind: "cosine" };
}

function thresholdsOf({ step, count }: Grid): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => i * step);
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

/** Cosines in f32, in the order of the pairs. */
function pairScoresInOrder(embeddings: Embeddings, pairs: readonly VerificationPair[]): Float32Array {
  const { genuine, impostor } = scorePairs(embeddings, pairs);
  let [g, i] = [0, 0];
  return Float32Array.from(pairs, ({ same }) => (same ? genuine[g++] : impostor[i++]) ?? Number.NaN);
}

function spreadOf(folds: readonly FoldResult[]) {
  const count = folds.length;
  const accuracy = folds.reduce((sum, fold) => sum + fold.accuracy, 0) / count;
  const squares = folds.reduce((sum, fold) => sum + (fold.accuracy - accuracy) ** 2, 0);
  const sample = Math.sqrt(squares / (count - 1));
  return { accuracy, population: Math.sqrt(squares / count), sample, standardError: sample / Math.sqrt(count) };
}

/** Wilson's interval over all pairs of all folds. */
function intervalOf(folds: readonly FoldResult[]): AccuracyInterval {
  const trials = folds.reduce((sum, { pairCount }) => sum + pairCount, 0);
  const successes = folds.reduce((sum, { accuracy, pairCount }) => sum + Math.round(accuracy * pairCount), 0);
  const interval = wilsonInterval({ successes, trials });
  return { ...interval, confidence: 0.95, method: "Wilson over all pairs, taken as independent" };
}

function addViews({ count, size, data }: Embeddings, viewCount: number): Embeddings {
  const length = size / viewCount;
  const added = new Float32Array(count * length);
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let view = 0; view < viewCount; view++) sum += data[row * size + view * length + i]!;
      added[row * length + i] = sum;
    }
  }
  return { count, size: length, data: added };
}
