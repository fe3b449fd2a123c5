/**
 * Embeddings in one growing matrix, and the exact search over them. Rows are added at the end and never moved, so that a
 * search may pause while others are added; a matrix without certain rows is a new one.
 */

/** A row that is like the probe. */
export type BestRow = { readonly templateId: string; readonly subjectId: string; readonly score: number };

/** Unit vectors with their ids, row-major f32[count, size]. */
export class EmbeddingMatrix {
  readonly size: number;
  #data = new Float32Array(0);
  readonly #templateIds: string[] = [];
  readonly #subjectIds: string[] = [];
  readonly #rowOf = new Map<string, number>();

  constructor(size: number) {
    this.size = size;
  }

  get count(): number {
    return this.#templateIds.length;
  }

  get byteCount(): number {
    return this.#data.byteLength;
  }

  /** Adds a template, or changes the one of this id. */
  set(templateId: string, subjectId: string, embedding: Float32Array): void {
    const row = this.#rowOf.get(templateId) ?? this.count;
    if (row === this.count) {
      this.#rowOf.set(templateId, row);
      this.#templateIds.push(templateId);
    }
    this.#subjectIds[row] = subjectId;
    this.#reserve(row + 1);
    this.#data.set(embedding, row * this.size);
  }

  /** The rows of these templates alone. */
  only(templateIds: Iterable<string>): EmbeddingMatrix {
    const kept = new EmbeddingMatrix(this.size);
    for (const id of templateIds) {
      const row = this.#rowOf.get(id);
      if (row === undefined) continue;
      kept.set(id, this.#subjectIds[row]!, this.#data.subarray(row * this.size, (row + 1) * this.size));
    }
    return kept;
  }

  /** Compares a probe with ranges of rows, keeping the `limit` best. */
  collectBest(limit: number): { compare(probe: Float32Array, from: number, to: number): void; found(): BestRow[] } {
    const best: { row: number; score: number }[] = [];
    return {
      compare: (probe, from, to) => {
        for (let row = from; row < to; row++) {
          const score = dot(probe, this.#data, row * this.size);
          if (best.length === limit && score <= best[limit - 1]!.score) continue;
          // Few rows get here: the best are soon found, and the list is short.
          let place = Math.min(best.length, limit - 1);
          while (place > 0 && best[place - 1]!.score < score) place--;
          best.splice(place, 0, { row, score });
          best.length = Math.min(best.length, limit);
        }
      },
      found: () =>
        best.map(({ row, score }) => ({
          templateId: this.#templateIds[row]!,
          subjectId: this.#subjectIds[row]!,
          score,
        })),
    };
  }

  #reserve(count: number): void {
    if (count * this.size <= this.#data.length) return;
    const grown = new Float32Array(Math.max(64, Math.ceil(1.5 * count)) * this.size);
    grown.set(this.#data);
    this.#data = grown;
  }
}

/** In four sums: one would wait for each addition before the next. */
function dot(probe: Float32Array, data: Float32Array, start: number): number {
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
  const whole = probe.length - (probe.length % 4);
  for (let i = 0; i < whole; i += 4) {
    sum0 += probe[i]! * data[start + i]!;
    sum1 += probe[i + 1]! * data[start + i + 1]!;
    sum2 += probe[i + 2]! * data[start + i + 2]!;
    sum3 += probe[i + 3]! * data[start + i + 3]!;
  }
  for (let i = whole; i < probe.length; i++) sum0 += probe[i]! * data[start + i]!;
  return sum0 + sum1 + (sum2 + sum3);
}
