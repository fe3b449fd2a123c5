/**
 * The search kernel's list of best rows. Rows are offered in rising order with their scores, and the list keeps the
 * highest scores in falling order. Of equal scores the row offered first stays ahead, so ties go to the lower row.
 */

/** A row of a matrix and its score. */
export type ScoredRow = { readonly row: number; readonly score: number };

/** Keeps the highest scores of all rows that are offered. Its cost per row is one comparison once the list is full. */
export class TopRows {
  readonly #rows: Uint32Array;
  readonly #scores: Float64Array;
  #count = 0;
  #floor = Number.NEGATIVE_INFINITY;

  /** @param capacity most rows to keep. */
  constructor(capacity: number) {
    this.#rows = new Uint32Array(capacity);
    this.#scores = new Float64Array(capacity).fill(Number.NEGATIVE_INFINITY);
    if (capacity === 0) this.#floor = Number.POSITIVE_INFINITY;
  }

  /** Offers one row. */
  offer(row: number, score: number): void {
    if (!(score > this.#floor)) return;
    const slot = this.#scores.findIndex((held) => score > held);
    this.#rows.copyWithin(slot + 1, slot);
    this.#scores.copyWithin(slot + 1, slot);
    this.#rows[slot] = row;
    this.#scores[slot] = score;
    this.#count = Math.min(this.#count + 1, this.#scores.length);
    this.#floor = this.#scores.at(-1) ?? this.#floor;
  }

  /** Offers consecutive rows. */
  offerAll(scores: Float64Array, firstRow: number): void {
    for (let i = 0; i < scores.length; i++) {
      const score = scores[i]!;
      if (score > this.#floor) this.offer(firstRow + i, score);
    }
  }

  /** The rows kept, highest score first. */
  get rows(): Uint32Array {
    return this.#rows.subarray(0, this.#count);
  }

  /** Their scores. */
  get scores(): Float64Array {
    return this.#scores.subarray(0, this.#count);
  }

  /** Rows and scores together, highest score first. */
  list(): ScoredRow[] {
    const { rows } = this;
    return Array.from(this.scores, (score, i) => ({ row: rows[i]!, score }));
  }
}
