/** Scores for tests. */
import fc from "fast-check";
import { random } from "../../base/core/index.ts";
import type { PairScores } from "./pair-scores.ts";

/** Scores given as plain numbers. */
export function pairScores(genuine: readonly number[], impostor: readonly number[]): PairScores {
  return { genuine: Float32Array.from(genuine), impostor: Float32Array.from(impostor) };
}

/** Few different values, so that ties within and between the kinds are frequent. */
const tiedScores = fc.array(
  fc.integer({ min: -8, max: 8 }).map((eighths) => eighths / 8),
  { minLength: 1, maxLength: 20 },
);

/** Genuine and impostor cosines, at least one of each, with many ties. */
export const arbitraryScores: fc.Arbitrary<PairScores> = fc
  .tuple(tiedScores, tiedScores)
  .map(([genuine, impostor]) => pairScores(genuine, impostor));

/** Every score changed by a rule. */
export function mapScores({ genuine, impostor }: PairScores, rule: (score: number) => number): PairScores {
  return { genuine: genuine.map(rule), impostor: impostor.map(rule) };
}

/** Normally distributed scores: genuine ones around `gap`, impostor ones around 0, both with a spread of 1. */
export function normalScores(seed: number, count: number, gap: number): PairScores {
  const stream = random(seed, "normal-scores");
  return {
    genuine: Float32Array.from({ length: count }, () => stream.normal(gap)),
    impostor: Float32Array.from({ length: count }, () => stream.normal()),
  };
}
