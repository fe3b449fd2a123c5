/**
 * The search kernel's exact scan: one probe against consecutive rows of a matrix, in f64. Everything that looks for the
 * nearest embeddings by a loop scores rows here: identification, all pairs of a set, neighbors, known people, and the
 * gallery's search in memory. `highest-cosines.ts` does the same for millions of rows by matrix products.
 */
import { cosineOf, dotProduct, type Embeddings, rowOf, squaredLengths } from "./embeddings.ts";
import type { ScoredRow } from "./top-rows.ts";

/** Writes the inner products of a probe with rows `from` ≤ row < `to` to `scores`, and returns the part written. */
export function innerProducts(
  probe: Float32Array,
  rows: Float32Array,
  from: number,
  to: number,
  scores: Float64Array,
): Float64Array {
  const size = probe.length;
  for (let row = from; row < to; row++) scores[row - from] = dotProduct(probe, 0, rows, row * size, size);
  return scores.subarray(0, to - from);
}

/**
 * The row of unit vectors nearest to a unit probe, the first of equals, with its cosine; row 0 without rows. Rounding
 * in f32 may carry an inner product beyond ±1, so it is limited to that range.
 */
export function nearestRow(probe: Float32Array, { count, size, data }: Embeddings): ScoredRow {
  let best = { row: 0, score: Number.NEGATIVE_INFINITY };
  for (let row = 0; row < count; row++) {
    const score = dotProduct(probe, 0, data, row * size, size);
    if (score > best.score) best = { row, score };
  }
  return { row: best.row, score: Math.min(1, Math.max(-1, best.score)) };
}

/** A matrix of embeddings of any length, checked once, and its cosines with probes. */
export class CosineScan {
  readonly embeddings: Embeddings;
  /** Squared length of each row. */
  readonly squares: Float64Array;
  readonly #scores: Float64Array;

  /**
   * @param what what the embeddings are, for the errors.
   * @throws {ShapeError} when `data` is not `count` × `size` numbers.
   * @throws {OptionError} when a row is not finite (the message gives the first such row).
   */
  constructor(what: string, embeddings: Embeddings) {
    this.embeddings = embeddings;
    this.squares = squaredLengths(what, embeddings);
    this.#scores = new Float64Array(embeddings.count);
  }

  /**
   * Cosines in [−1, 1] of rows `from` ≤ row < `to` with one row of `probes`, which has the same size.
   * The next call overwrites the result.
   */
  cosines(probes: CosineScan, probe: number, from = 0, to = this.embeddings.count): Float64Array {
    const vector = rowOf(probes.embeddings, probe);
    const square = probes.squares[probe]!;
    const scores = innerProducts(vector, this.embeddings.data, from, to, this.#scores);
    for (let i = 0; i < scores.length; i++) scores[i] = cosineOf(scores[i]!, square, this.squares[from + i]!);
    return scores;
  }
}
