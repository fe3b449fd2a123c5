/** Verification in folds of scores that are not the cosine of two rows, such as a mean over frames. */
import { OptionError, requireKind } from "../../base/core/index.ts";
import {
  areaUnderCurve,
  bestThreshold,
  describeVariant,
  equalErrorRate,
  type FlipRule,
  type FoldResult,
  type PairScores,
  tarAtFars,
  type VerificationPair,
} from "../eval/index.ts";
import { foldFigures } from "./fold-figures.ts";
import type { FoldVerification } from "./fold-verification.ts";

/** False accept rates to measure TAR at. */
const FARS = [1e-2, 1e-3, 1e-4];

/**
 * Verifies pairs by their scores with the rule `exact`: the threshold of a fold is the best of all on the others.
 *
 * @param scores cosines or means of cosines, in the order of the pairs.
 * @throws {OptionError} when there are fewer than two folds, an empty fold, or no genuine or no impostor pairs.
 */
export function verifyScores(
  scores: Float32Array,
  pairs: readonly Pick<VerificationPair, "same" | "fold">[],
  flip: FlipRule,
): FoldVerification {
  requireKind("scores", scores, "a list");
  requireKind("pairs", pairs, "a list");
  const all = pairs.map(({ same, fold }, i) => ({ same, fold, score: scores[i] ?? Number.NaN }));
  const foldCount = all.reduce((highest, { fold }) => Math.max(highest, fold + 1), 0);
  if (foldCount < 2) throw new OptionError(`got pairs in ${foldCount} folds, expected at least 2`);
  const thresholds = Array.from({ length: foldCount }, (_, tested) =>
    bestThreshold(byKind(all.filter(({ fold }) => fold !== tested))),
  );
  const isCorrect = Uint8Array.from(all, ({ same, fold, score }) => Number(score >= (thresholds[fold] ?? 0) === same));
  const folds = thresholds.map((threshold, tested) => foldResult(threshold, isCorrect, pairs, tested));
  const kinds = byKind(all);
  return {
    rule: "exact",
    variant: describeVariant({ flip, centering: false, score: "cosine" }, foldCount),
    pairCount: pairs.length,
    ...foldFigures(folds, "n - 1"),
    thresholdKind: "cosine",
    eer: equalErrorRate(kinds).rate,
    auc: areaUnderCurve(kinds),
    tarAtFar: tarAtFars(kinds, FARS).map(({ far, tar, threshold, impostorCount, ...point }) =>
      "reason" in point
        ? { far, tar, threshold, impostorCount, reason: point.reason }
        : { far, tar, threshold, impostorCount, ...(point.warning === undefined ? {} : { warning: point.warning }) },
    ),
    genuineScores: kinds.genuine,
    impostorScores: kinds.impostor,
    isCorrect,
  };
}

/** The accuracy of a fold, from which of all pairs are decided correctly. @throws {OptionError} for an empty fold. */
export function foldResult(
  threshold: number,
  isCorrect: Uint8Array,
  pairs: readonly Pick<VerificationPair, "fold">[],
  tested: number,
): FoldResult {
  const own = isCorrect.filter((_, i) => pairs[i]?.fold === tested);
  if (own.length === 0) throw new OptionError(`got no pairs in fold ${tested}, expected some in every fold`);
  return { accuracy: own.reduce((sum, one) => sum + one, 0) / own.length, threshold, pairCount: own.length };
}

/** Genuine and impostor scores. */
export function byKind(scored: readonly { readonly same: boolean; readonly score: number }[]): PairScores {
  const kind = (wanted: boolean) =>
    Float32Array.from(
      scored.filter(({ same }) => same === wanted),
      ({ score }) => score,
    );
  return { genuine: kind(true), impostor: kind(false) };
}
