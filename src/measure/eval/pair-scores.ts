import { OptionError } from "../../base/core/index.ts";
import { cosineOf, dotProduct, type Embeddings, squaredLengths } from "./embeddings.ts";

/**
 * Scores of a verification test: one for each pair of images, higher being more alike. In every metric a pair is
 * accepted when its score ≥ threshold, so that tied scores fall together.
 */
export type PairScores = {
  /** Scores of pairs of the same person. */
  readonly genuine: Float32Array;
  /** Scores of pairs of different people. */
  readonly impostor: Float32Array;
};

/** Two images, by row of their embeddings, that show the same person or two people. */
export type VerificationPair = {
  readonly left: number;
  readonly right: number;
  /** Genuine pair (true) or impostor pair (false). */
  readonly same: boolean;
  /** Fold that the pair is tested in, from 0. */
  readonly fold: number;
};

/**
 * Scores that both kinds of error can be measured on.
 *
 * @throws {OptionError} when there are no genuine or no impostor pairs, or a score is NaN or infinite.
 */
export function requireBothKinds(what: string, { genuine, impostor }: PairScores): void {
  if (genuine.length === 0 || impostor.length === 0) {
    const got = `${genuine.length} genuine and ${impostor.length} impostor scores`;
    throw new OptionError(`${what}: got ${got}, expected at least one of each`);
  }
  requireFinite(`${what}: genuine scores`, genuine);
  requireFinite(`${what}: impostor scores`, impostor);
}

/** @throws {OptionError} with the place of the first score that is NaN or infinite. */
export function requireFinite(what: string, scores: Float32Array): void {
  const index = scores.findIndex((score) => !Number.isFinite(score));
  if (index >= 0) throw new OptionError(`${what}: got ${scores[index]} at index ${index}, expected finite numbers`);
}

/** @throws {OptionError} when a pair names a row that is not there. */
export function requirePairsIn(what: string, pairs: readonly VerificationPair[], { count }: Embeddings): void {
  for (const [index, { left, right }] of pairs.entries()) {
    for (const row of [left, right]) {
      if (!Number.isInteger(row) || row < 0 || row >= count) {
        throw new OptionError(`${what}: pair ${index} names row ${row}, expected a row of ${count} embeddings`);
      }
    }
  }
}

/** Cosine of each pair, in the pairs' order. */
export function pairCosines(what: string, embeddings: Embeddings, pairs: readonly VerificationPair[]): Float32Array {
  const { size, data } = embeddings;
  const squared = squaredLengths(what, embeddings);
  return Float32Array.from(pairs, ({ left, right }) =>
    cosineOf(dotProduct(data, left * size, data, right * size, size), squared[left]!, squared[right]!),
  );
}

/** Scores in the pairs' order → genuine and impostor scores, of the pairs that are kept. */
export function splitScores(
  scores: Float32Array,
  pairs: readonly VerificationPair[],
  isKept: (pair: VerificationPair) => boolean = () => true,
): PairScores {
  const kept = (same: boolean) => scores.filter((_, i) => pairs[i]!.same === same && isKept(pairs[i]!));
  return { genuine: kept(true), impostor: kept(false) };
}

/**
 * Cosines of pairs, each kind in the pairs' order. The folds play no part.
 *
 * @throws {OptionError} for a row that is not there, or holds a number that is not finite (the message names it).
 */
export function scorePairs(embeddings: Embeddings, pairs: readonly VerificationPair[]): PairScores {
  requirePairsIn("scorePairs", pairs, embeddings);
  return splitScores(pairCosines("scorePairs", embeddings, pairs), pairs);
}
