/**
 * LFW's ten-fold verification protocol (View 2, "unrestricted, labeled outside data"), for any number of folds.
 *
 * Each fold is scored with the threshold that is best on all the others; the result is the mean of the folds'
 * accuracies. Published numbers differ in details that they do not state, so a result names its variant: whether mirror
 * images are used, whether features are centered, and how the threshold is chosen. The choice here is exact
 * ({@link bestThreshold}), where SphereFace, InsightFace and others try a grid.
 *
 * @see Huang et al., Labeled Faces in the Wild, UMass TR 07-49, section IV: http://vis-www.cs.umass.edu/lfw/lfw.pdf
 * @see SphereFace, `test/code/evaluation.m` (centering): https://github.com/wy1iu/sphereface
 */
import { OptionError, requireInteger, requireKnownKeys, requireObject } from "../../base/core/index.ts";
import { bestThreshold, correctCountAt } from "./best-threshold.ts";
import { centeredCosines } from "./centered-cosines.ts";
import type { FlipRule } from "./combine-views.ts";
import type { Embeddings } from "./embeddings.ts";
import { pairCosines, requirePairsIn, splitScores, type VerificationPair } from "./pair-scores.ts";
import { areaUnderCurve, equalErrorRate } from "./roc.ts";
import { type OperatingPoint, type Refusal, tarAtFars } from "./tar-at-far.ts";

/** The choices in which implementations of the protocol differ. */
export type VerificationVariant = {
  readonly flip: FlipRule;
  /** Whether the mean feature of the training folds' pairs is subtracted before the cosine. */
  readonly centering: boolean;
  readonly score: "cosine";
};

/** Options of the protocol. */
export type VerificationOptions = {
  /**
   * Subtract the mean feature of the other folds' pairs from every feature; an image counts once for each pair that it
   * is in. Default false.
   */
  readonly centering?: boolean;
  /** How the embeddings were made ({@link combineViews}); only reported in the result. Default "none". */
  readonly flip?: FlipRule;
  /** False accept rates to measure TAR at. Default 0.01, 0.001 and 0.0001. */
  readonly fars?: readonly number[];
  /** Name of the protocol, for the result. Default "lfw". */
  readonly protocol?: string;
};

/** One fold, scored with the threshold of the others. */
export type FoldResult = {
  /** Share of the fold's pairs decided correctly. */
  readonly accuracy: number;
  /** Chosen on the other folds; a pair is accepted when its cosine ≥ threshold. */
  readonly threshold: number;
  readonly pairCount: number;
};

/** TAR at a FAR, or why it cannot be measured. */
export type TarAtFar = {
  readonly far: number;
  readonly tar: number | null;
  readonly threshold: number | null;
  readonly impostorCount: number;
  /** Why `tar` is null. */
  readonly reason?: string;
  /** Why `tar` is uncertain. */
  readonly warning?: string;
};

/** The result of the protocol. All rates are in [0, 1]. */
export type VerificationResult = {
  readonly protocol: string;
  /** Such as "flip=concat, centering=none, score=cosine, threshold=best of the other nine folds". */
  readonly variant: string;
  readonly pairCount: number;
  /** Mean of the folds' accuracies, with equal weight whatever their size. */
  readonly accuracy: number;
  /**
   * Standard deviation of the folds' accuracies, with n − 1 in the denominator as in LFW's report; InsightFace
   * divides by n.
   */
  readonly standardDeviation: number;
  /** `standardDeviation` / √(number of folds): the standard error that LFW's report requires. */
  readonly standardError: number;
  readonly folds: readonly FoldResult[];
  /** Equal error rate of all folds' scores together; `auc` and `tarAtFar` also use all scores. */
  readonly eer: number;
  readonly auc: number;
  readonly tarAtFar: readonly TarAtFar[];
  /** In the order of the pairs. With centering, each score is that of the fold in which its pair is tested. */
  readonly genuineScores: Float32Array;
  readonly impostorScores: Float32Array;
};

/**
 * Verification accuracy over folds, with the threshold of each fold chosen on the others, and the figures of the ROC
 * curve.
 *
 * @param embeddings a row for each image, of any length; a row of zeros scores 0 with every other.
 * @param pairs with folds 0, 1, …, each with at least one pair. Folds may differ in size.
 * @throws {OptionError} when there are fewer than two folds, an empty fold, no genuine or no impostor pairs, a row that
 *   does not exist, or a row that is not finite (the message names it).
 */
export function verifyTenFold(
  embeddings: Embeddings,
  pairs: readonly VerificationPair[],
  options: VerificationOptions = {},
): VerificationResult {
  requireKnownKeys("options of verifyTenFold", options, { centering: true, flip: true, fars: true, protocol: true });
  const { centering = false, flip = "none", fars = [1e-2, 1e-3, 1e-4], protocol = "lfw" } = options;
  requirePairsIn(pairs, embeddings);
  const foldCount = requireFolds(pairs);
  const plain = centering ? undefined : pairCosines(embeddings, pairs);
  const scoresOf = plain ? () => plain : centeredCosines(embeddings, pairs, foldCount);
  const testScores = new Float32Array(pairs.length);
  const folds = Array.from({ length: foldCount }, (_, fold): FoldResult => {
    const isTested = (pair: VerificationPair) => pair.fold === fold;
    const scores = scoresOf(fold);
    const threshold = bestThreshold(splitScores(scores, pairs, (pair) => !isTested(pair)));
    const tested = splitScores(scores, pairs, isTested);
    for (const [i, pair] of pairs.entries()) if (isTested(pair)) testScores.set(scores.subarray(i, i + 1), i);
    const pairCount = tested.genuine.length + tested.impostor.length;
    return { accuracy: correctCountAt(tested, threshold) / pairCount, threshold, pairCount };
  });
  const accuracy = folds.reduce((sum, fold) => sum + fold.accuracy, 0) / foldCount;
  const squares = folds.reduce((sum, fold) => sum + (fold.accuracy - accuracy) ** 2, 0);
  const standardDeviation = Math.sqrt(squares / (foldCount - 1));
  const scores = splitScores(testScores, pairs);
  return {
    protocol,
    variant: describeVariant({ flip, centering, score: "cosine" }, foldCount),
    pairCount: pairs.length,
    accuracy,
    standardDeviation,
    standardError: standardDeviation / Math.sqrt(foldCount),
    folds,
    eer: equalErrorRate(scores).rate,
    auc: areaUnderCurve(scores),
    tarAtFar: tarAtFars(scores, fars).map(summarizePoint),
    genuineScores: scores.genuine,
    impostorScores: scores.impostor,
  };
}

/** The text that names a variant in results. */
export function describeVariant(variant: VerificationVariant, foldCount: number): string {
  requireObject("variant", variant);
  requireInteger("folds", foldCount, 2);
  const { flip, centering, score } = variant;
  const others = foldCount === 2 ? "fold" : `${foldCount === 10 ? "nine" : foldCount - 1} folds`;
  const mean = centering ? "mean of the training folds" : "none";
  return `flip=${flip}, centering=${mean}, score=${score}, threshold=best of the other ${others}`;
}

/** The number of folds. @throws {OptionError} when there are fewer than two, or one is empty. */
function requireFolds(pairs: readonly VerificationPair[]): number {
  const pairCounts: (number | undefined)[] = [];
  for (const [i, { fold }] of pairs.entries()) {
    requireInteger(`fold of pair ${i}`, fold, 0);
    pairCounts[fold] = (pairCounts[fold] ?? 0) + 1;
  }
  if (pairCounts.length < 2) {
    const advice = "the threshold of a fold is chosen on the others";
    throw new OptionError(`got pairs in ${pairCounts.length} folds, expected at least 2: ${advice}`);
  }
  const empty = Array.from(pairCounts).indexOf(undefined);
  if (empty >= 0) {
    throw new OptionError(`got no pairs in fold ${empty}, expected some in all ${pairCounts.length}`);
  }
  return pairCounts.length;
}

function summarizePoint(point: OperatingPoint | Refusal): TarAtFar {
  const { far, tar, threshold, impostorCount } = point;
  if (tar === null) return { far, tar, threshold, impostorCount, reason: point.reason };
  return { far, tar, threshold, impostorCount, ...(point.warning !== undefined && { warning: point.warning }) };
}
