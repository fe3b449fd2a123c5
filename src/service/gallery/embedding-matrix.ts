/**
 * Templates in one growing matrix, and the exact search for the people nearest to a probe. Rows are appended and never
 * move, so that a search may pause while others are added; removing rows makes a new matrix.
 */
import { innerProducts, TopRows } from "../../measure/eval/index.ts";

/** A person who is like the probe, by the person's nearest template or the mean of all of them. */
export type BestPerson = {
  readonly subjectId: string;
  /** The template nearest to the probe. */
  readonly templateId: string;
  readonly score: number;
  readonly isMean: boolean;
};

/** One search; the people found are those of the moment at which it began. */
export type MatrixSearch = {
  readonly rowCount: number;
  /** Compares the probe with rows `from` ≤ row < `to`; each row is to be compared once. */
  compare(from: number, to: number): void;
  /** The people nearest to the probe, at most `limit`, highest score first. */
  best(limit: number): BestPerson[];
};

/** Unit vectors with their ids, row-major f32[count, size]. */
export class EmbeddingMatrix {
  readonly size: number;
  #data = new Float32Array(0);
  readonly #templateIds: string[] = [];
  /** Index into `#subjectIds` of each row. */
  readonly #people: number[] = [];
  readonly #rowOf = new Map<string, number>();
  readonly #subjectIds: string[] = [];
  readonly #personOf = new Map<string, number>();
  /**
   * Length of the sum of each person's templates; 0 for one template. A running search keeps the array that it began
   * with.
   */
  #sumLengths = new Float64Array(0);
  /** People whose length of the sum is not up to date. */
  readonly #changed = new Set<number>();

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
    const before = this.#people[row];
    if (before !== undefined) this.#changed.add(before);
    const person = this.#personOf.get(subjectId) ?? this.#subjectIds.length;
    if (person === this.#subjectIds.length) {
      this.#personOf.set(subjectId, person);
      this.#subjectIds.push(subjectId);
    }
    this.#people[row] = person;
    this.#changed.add(person);
    this.#reserve(row + 1);
    this.#data.set(embedding, row * this.size);
  }

  /** The rows of these templates alone. */
  only(templateIds: Iterable<string>): EmbeddingMatrix {
    const kept = new EmbeddingMatrix(this.size);
    for (const id of templateIds) {
      const row = this.#rowOf.get(id);
      const subjectId = this.#subjectIds[this.#people[row ?? -1] ?? -1];
      if (row === undefined || subjectId === undefined) continue;
      kept.set(id, subjectId, this.#data.subarray(row * this.size, (row + 1) * this.size));
    }
    return kept;
  }

  /** Begins a search. @param probe a unit vector. */
  search(probe: Float32Array): MatrixSearch {
    const rowCount = this.count;
    const scores = new Float64Array(rowCount);
    const people = Uint32Array.from(this.#people);
    const sumLengths = this.#updatedLengths();
    return {
      rowCount,
      compare: (from, to) => {
        innerProducts(probe, this.#data, from, to, scores.subarray(from, to));
      },
      best: (limit) => this.#best({ scores, people, sumLengths }, limit),
    };
  }

  #best({ scores, people, sumLengths }: Compared, limit: number): BestPerson[] {
    const bestRows = new Int32Array(sumLengths.length).fill(-1);
    const bestScores = new Float64Array(sumLengths.length).fill(Number.NEGATIVE_INFINITY);
    const totals = new Float64Array(sumLengths.length);
    for (const [row, score] of scores.entries()) {
      const person = people[row] ?? 0;
      totals[person] = (totals[person] ?? 0) + score;
      if (score <= (bestScores[person] ?? 0)) continue;
      bestScores[person] = score;
      bestRows[person] = row;
    }
    const top = new TopRows(limit);
    const personScores = bestScores.map((best, person) => {
      const length = sumLengths[person] ?? 0;
      return length === 0 ? best : Math.max(best, (totals[person] ?? 0) / length);
    });
    top.offerAll(personScores, 0);
    return top.list().flatMap(({ row: person, score }) => {
      const [subjectId, templateId] = [this.#subjectIds[person], this.#templateIds[bestRows[person] ?? -1]];
      if (subjectId === undefined || templateId === undefined) return [];
      return [{ subjectId, templateId, score, isMean: score > (bestScores[person] ?? score) }];
    });
  }

  /** Lengths of the sums of each person's templates, in an array that is not written any more. */
  #updatedLengths(): Float64Array {
    if (this.#changed.size === 0) return this.#sumLengths;
    const rowsOf = new Map<number, number[]>();
    for (const [row, person] of this.#people.entries()) {
      if (!this.#changed.has(person)) continue;
      const rows = rowsOf.get(person);
      if (rows === undefined) rowsOf.set(person, [row]);
      else rows.push(row);
    }
    const lengths = new Float64Array(this.#subjectIds.length);
    lengths.set(this.#sumLengths);
    for (const person of this.#changed) lengths[person] = this.#sumLength(rowsOf.get(person) ?? []);
    this.#sumLengths = lengths;
    this.#changed.clear();
    return lengths;
  }

  #sumLength(rows: readonly number[]): number {
    if (rows.length < 2) return 0;
    const sum = new Float64Array(this.size);
    for (const row of rows) {
      const embedding = this.#data.subarray(row * this.size, (row + 1) * this.size);
      for (const [i, number] of embedding.entries()) sum[i] = (sum[i] ?? 0) + number;
    }
    return Math.sqrt(sum.reduce((squares, number) => squares + number * number, 0));
  }

  #reserve(count: number): void {
    if (count * this.size <= this.#data.length) return;
    const grown = new Float32Array(Math.max(64, Math.ceil(1.5 * count)) * this.size);
    grown.set(this.#data);
    this.#data = grown;
  }
}

/** Scores and people of the rows, and lengths by person. */
type Compared = {
  readonly scores: Float64Array;
  readonly people: Uint32Array;
  readonly sumLengths: Float64Array;
};
