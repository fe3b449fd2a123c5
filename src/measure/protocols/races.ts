/**
 * Racial Faces in the Wild: accuracy by race, and how far apart the races are. Each race is verified in ten folds of
 * its own, with its own thresholds; and once more at one threshold for all, since a service has one: that of a fold
 * is the best on the other folds of all races together.
 *
 * @see Wang et al., Racial Faces in-the-Wild, ICCV 2019
 * @see Wang and Deng, Mitigating Bias in Face Recognition using Skewness-Aware Reinforcement Learning, CVPR 2020 (SER)
 */
import { OptionError, requireFields } from "../../base/core/index.ts";
import { bestThreshold, type Embeddings, type FoldResult, type VerificationPair } from "../eval/index.ts";
import { type FoldFigures, foldFigures } from "./fold-figures.ts";
import { type FoldVerification, type FoldVerificationOptions, verifyFolds } from "./fold-verification.ts";
import { byKind, foldResult } from "./score-verification.ts";

/** How accuracies of several races differ. */
export type AccuracySpread = {
  /** Mean of the races' accuracies. */
  readonly mean: number;
  /** Sample standard deviation of the races' accuracies, with n − 1 in the denominator. */
  readonly standardDeviation: number;
  /** Skewed error ratio: the highest error / the lowest error; null where the lowest one is 0. */
  readonly skewedErrorRatio: number | null;
};

/** A race, verified by its own thresholds and at one threshold for all. */
export type RaceVerification = FoldVerification & { readonly race: string; readonly atOneThreshold: FoldFigures };

/** Verification by race. */
export type RacesResult = {
  readonly races: readonly RaceVerification[];
  /** Over the races' accuracies by their own thresholds. */
  readonly spread: AccuracySpread;
  /** Over the races' accuracies at one threshold for all. */
  readonly spreadAtOneThreshold: AccuracySpread;
};

/**
 * Verifies the pairs of each race.
 *
 * @param embeddings a row for each image.
 * @throws {OptionError} when there are fewer than two races, or as {@link verifyFolds}.
 */
export function verifyRaces(
  embeddings: Embeddings,
  pairsOf: ReadonlyMap<string, readonly VerificationPair[]>,
  options: FoldVerificationOptions = {},
): RacesResult {
  requireFields("embeddings", embeddings, { count: "a number", size: "a number", data: "a list" });
  requireFields("pairs by race", pairsOf, { size: "a number", entries: "a function" });
  if (pairsOf.size < 2) throw new OptionError(`got pairs of ${pairsOf.size} race, expected at least 2`);
  const verified = [...pairsOf].map(([race, pairs]) => ({
    race,
    pairs,
    result: verifyFolds(embeddings, pairs, options),
  }));
  const scored = verified.flatMap(({ race, pairs, result }) => {
    let [g, i] = [0, 0];
    return pairs.map(({ same, fold }) => ({
      race,
      same,
      fold,
      score: (same ? result.genuineScores[g++] : result.impostorScores[i++]) ?? Number.NaN,
    }));
  });
  const foldCount = scored.reduce((highest, { fold }) => Math.max(highest, fold + 1), 0);
  const thresholds = Array.from({ length: foldCount }, (_, tested) =>
    bestThreshold(byKind(scored.filter(({ fold }) => fold !== tested))),
  );
  const races = verified.map(({ race, result }): RaceVerification => {
    const own = scored.filter((pair) => pair.race === race);
    const isCorrect = Uint8Array.from(own, ({ same, fold, score }) =>
      Number(score >= (thresholds[fold] ?? 0) === same),
    );
    const folds = result.folds.map((_, fold): FoldResult => foldResult(thresholds[fold] ?? 0, isCorrect, own, fold));
    return { race, ...result, atOneThreshold: foldFigures(folds, "n - 1") };
  });
  return {
    races,
    spread: spreadOf(races.map(({ accuracy }) => accuracy)),
    spreadAtOneThreshold: spreadOf(races.map(({ atOneThreshold }) => atOneThreshold.accuracy)),
  };
}

function spreadOf(accuracies: readonly number[]): AccuracySpread {
  const count = accuracies.length;
  const mean = accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / count;
  const squares = accuracies.reduce((sum, accuracy) => sum + (accuracy - mean) ** 2, 0);
  const lowestError = 1 - Math.max(...accuracies);
  return {
    mean,
    standardDeviation: Math.sqrt(squares / (count - 1)),
    skewedErrorRatio: lowestError === 0 ? null : (1 - Math.min(...accuracies)) / lowestError,
  };
}
