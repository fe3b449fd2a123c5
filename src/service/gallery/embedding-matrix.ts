/**
 * Embeddings in one growing matrix, and the exact search over them. Rows are appended and never move, so that a search may
 * pause while others are added; removing rows makes a new matrix.
 */
import { innerProducts, TopRows } from "../../measure/eval/index.ts";

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
    const best = new TopRows(limit);
    let scores = new Float64Array(0);
    return {
      compare: (probe, from, to) => {
        if (scores.length < to - from) scores = new Float64Array(to - from);
        best.offerAll(innerProducts(probe, this.#data, from, to, scores), from);
      },
      found: () =>
        best.list().map(({ row, score }) => ({
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
