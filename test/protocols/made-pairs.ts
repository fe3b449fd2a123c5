/** The pairs and embeddings that `folds.py` makes, by the same generator. */
import type { Embeddings, VerificationPair } from "../../src/measure/eval/index.ts";

export const FOLDS = 10;
const PER_KIND = 30;
const SIZE = 8;

/** Numerical Recipes' generator: numbers in [0, 1). */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export const madePairs: readonly VerificationPair[] = Array.from({ length: 2 * FOLDS * PER_KIND }, (_, i) => ({
  left: 2 * i,
  right: 2 * i + 1,
  same: i % (2 * PER_KIND) < PER_KIND,
  fold: Math.floor(i / (2 * PER_KIND)),
}));

/** Two views of 8 numbers a row; the rows of a genuine pair share a part. */
export function smoothRows(): Embeddings {
  const draw = draws(7);
  const rows = madePairs.flatMap(({ same }) => {
    const shared = Array.from({ length: 2 * SIZE }, () => draw() - 0.5);
    const row = () => shared.map((value) => (same ? 0.9 : 0.35) * value + 0.8 * (draw() - 0.5));
    return [row(), row()];
  });
  return { count: rows.length, size: 2 * SIZE, data: Float32Array.from(rows.flat()) };
}

/** Small whole numbers: many pairs have the same score. */
export function tiedRows(): Embeddings {
  const draw = draws(11);
  const small = () => Math.trunc(3 * draw()) - 1;
  const padded = ([first = 0, ...rest]: readonly number[]) => [first || 1, ...rest, ...new Array<number>(12).fill(0)];
  const rows = madePairs.flatMap(({ same }) => {
    const first = Array.from({ length: 4 }, small);
    const second = first.map((value) => (same && draw() < 0.6 ? value : small()));
    return [padded(first), padded(second)];
  });
  return { count: rows.length, size: 2 * SIZE, data: Float32Array.from(rows.flat()) };
}

/** The first view of each row. */
export function firstView({ count, size, data }: Embeddings): Embeddings {
  const half = size / 2;
  return { count, size: half, data: data.filter((_, i) => i % size < half) };
}
