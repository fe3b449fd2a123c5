import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomUnit } from "../../../test/support/galleries.ts";
import { random } from "../../base/core/index.ts";
import { cosineSimilarity } from "../../measure/eval/index.ts";
import { EmbeddingMatrix } from "./embedding-matrix.ts";

describe("a matrix of embeddings", () => {
  it("finds the people with the best template or mean, as the definition does, whatever the blocks", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 150 }),
        fc.integer({ min: 1, max: 40 }),
        (seed, size, count, limit) => {
          const source = random(seed);
          const matrix = new EmbeddingMatrix(size);
          const rows = Array.from({ length: count }, () => randomUnit(source, size));
          const personOf = (row: number) => `subject ${row % 31}`;
          for (const [i, row] of rows.entries()) matrix.set(`template ${i}`, personOf(i), row);
          const probe = randomUnit(source, size);
          const search = matrix.search(probe);
          for (let from = 0; from < count; from += 37) search.compare(from, Math.min(count, from + 37));
          const names = [...new Set(rows.map((_, i) => personOf(i)))];
          const expected = names.map((name) => {
            const own = rows.filter((_, i) => personOf(i) === name);
            const mean = own[0]!.map((_, i) => own.reduce((sum, row) => sum + row[i]!, 0));
            return Math.max(...[...own, mean].map((row) => cosineSimilarity(probe, row)));
          });
          const found = search.best(limit);
          expect(found).toHaveLength(Math.min(limit, names.length));
          const best = expected.toSorted((a, b) => b - a);
          for (const [i, { score, subjectId, templateId, isMean }] of found.entries()) {
            expect(score).toBeCloseTo(best[i]!, 5);
            expect(score).toBeCloseTo(expected[names.indexOf(subjectId)]!, 5);
            const template = Number(templateId.split(" ")[1]);
            expect(personOf(template)).toBe(subjectId);
            if (!isMean) expect(score).toBeCloseTo(cosineSimilarity(probe, rows[template]!), 6);
          }
        },
      ),
    );
  });

  it("changes a row in place, and leaves out those that are gone", () => {
    const matrix = new EmbeddingMatrix(2);
    const nearest = (searched: EmbeddingMatrix, ...probe: readonly number[]) => {
      const search = searched.search(Float32Array.from(probe));
      search.compare(0, search.rowCount);
      return search.best(5);
    };
    matrix.set("a", "Ann", Float32Array.of(1, 0));
    matrix.set("b", "Bob", Float32Array.of(0, 1));
    matrix.set("c", "Ann", Float32Array.of(0, 1));
    expect(nearest(matrix, Math.SQRT1_2, Math.SQRT1_2)[0]).toMatchObject({ subjectId: "Ann", isMean: true });
    matrix.set("a", "Bob", Float32Array.of(0, -1));
    expect(matrix.count).toBe(3);
    const kept = matrix.only(["a", "missing"]);
    expect(nearest(kept, 0, -1)).toEqual([{ templateId: "a", subjectId: "Bob", score: 1, isMean: false }]);
  });

  it("finds the people of the moment at which a search began", () => {
    const matrix = new EmbeddingMatrix(2);
    matrix.set("a", "Ann", Float32Array.of(1, 0));
    const search = matrix.search(Float32Array.of(0, 1));
    matrix.set("b", "Ann", Float32Array.of(0, 1));
    matrix.set("c", "Bob", Float32Array.of(0, 1));
    search.compare(0, search.rowCount);
    expect(search.best(5)).toEqual([{ templateId: "a", subjectId: "Ann", score: 0, isMean: false }]);
  });
});
