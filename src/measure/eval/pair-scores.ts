import { OptionError, requireObject } from "../../base/core/index.ts";
import type { Embeddings } from "./embeddings.ts";
import { CosineScan } from "./exact-scan.ts";

/**
 * Scores of a verification test: one for each pair of images; higher means more alike. Every metric accepts a pair when
 * its score ≥ threshold, so tied scores are accepted or rejected together.
 */
export type PairScores = {
  /** Scores of pairs of the same person. */
  readonly genuine: Float32Array;
  /** Scores of pairs of different people. */
  readonly impostor: Float32Array;
};

/** Two images, given by the rows of their embeddings, and whether they show the same person. */
export type VerificationPair = {
  readonly left: number;
  readonly right: number;
  /** Genuine pair (true) or impostor pair (false). */
  readonly same: boolean;
  /** Fold that the pair is tested in, from 0. */
  readonly fold: number;
};

/**
 * Checks that both kinds of error can be measured.
 *
 * @throws {OptionError} when there are no genuine or no impostor pairs, or a score is NaN or infinite.
 */
export function requireBothKinds(scores: PairScores): void {
  requireObject("scores", scores);
  const { genuine, impostor } = scores;
  requireScores("genuine scores", genuine);
  requireScores("impostor scores", impostor);
  if (genuine.length === 0 || impostor.length === 0) {
    const got = `${genuine.length} genuine and ${impostor.length} impostor scores`;
    throw new OptionError(`got ${got}, expected at least one of each`);
  }
}

/**
 * @throws {OptionError} when `scores` is not a Float32Array, or with the index of the first score that is not finite.
 */
export function requireScores(what: string, scores: Float32Array): void {
  if (!(scores instanceof Float32Array)) {
    throw new OptionError(`${what}: got ${scores === null ? "null" : typeof scores}, expected a Float32Array`);
  }
  const index = scores.findIndex((score) => !Number.isFinite(score));
  if (index >= 0) throw new OptionError(`${what}: got ${scores[index]} at index ${index}, expected finite numbers`);
}

/** @throws {OptionError} when a pair names a row that does not exist. */
export function requirePairsIn(pairs: readonly VerificationPair[], embeddings: Embeddings): void {
  requireObject("embeddings", embeddings);
  if (!Array.isArray(pairs)) throw new OptionError(`pairs: got ${typeof pairs}, expected an array`);
  const { count } = embeddings;
  for (const [index, { left, right }] of pairs.entries()) {
    for (const row of [left, right]) {
      if (!Number.isInteger(row) || row < 0 || row >= count) {
        throw new OptionError(`pair ${index}: got row ${row}, expected a row of the ${count} embeddings`);
      }
    }
  }
}

/** Cosine of each pair, in the order of the pairs. */
export function pairCosines(embeddings: Embeddings, pairs: readonly VerificationPair[]): Float32Array {
  const scan = new CosineScan("embeddings", embeddings);
  return Float32Array.from(pairs, ({ left, right }) => {
    const [cosine = Number.NaN] = scan.cosines(scan, left, right, right + 1);
    return cosine;
  });
}

/** Scores in the order of the pairs → genuine and impostor scores of the pairs that are kept. */
export function splitScores(
  scores: Float32Array,
  pairs: readonly VerificationPair[],
  isKept: (pair: VerificationPair) => boolean = () => true,
): PairScores {
  const kept = (same: boolean) =>
    scores.filter((_, i) => {
      const pair = pairs[i];
      return pair !== undefined && pair.same === same && isKept(pair);
    });
  return { genuine: kept(true), impostor: kept(false) };
}

/**
 * Cosines of pairs, genuine and impostor, each in the order of the pairs. Folds have no influence.
 *
 * @throws {OptionError} for a row that does not exist, or is not finite (the message names it).
 */
export function scorePairs(embeddings: Embeddings, pairs: readonly VerificationPair[]): PairScores {
  requirePairsIn(pairs, embeddings);
  return splitScores(pairCosines(embeddings, pairs), pairs);
}
