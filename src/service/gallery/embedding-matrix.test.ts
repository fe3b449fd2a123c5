import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomUnit } from "../../../test/support/galleries.ts";
import { random } from "../../base/core/index.ts";
import { EmbeddingMatrix } from "./embedding-matrix.ts";

describe("a matrix of embeddings", () => {
  it("gives the best rows, as sorting all scores does, whatever the blocks", () => {
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
          for (const [i, row] of rows.entries()) matrix.set(`template ${i}`, `subject ${i % 7}`, row);
          const probe = randomUnit(source, size);
          const best = matrix.collectBest(limit);
          for (let from = 0; from < count; from += 37) best.compare(probe, from, Math.min(count, from + 37));
          const scores = rows.map((row) => row.reduce((sum, number, i) => sum + number * probe[i]!, 0));
          const expected = scores.toSorted((a, b) => b - a).slice(0, limit);
          const found = best.found();
          expect(found).toHaveLength(expected.length);
          for (const [i, { score, templateId }] of found.entries()) {
            expect(score).toBeCloseTo(expected[i]!, 6);
            expect(score).toBeCloseTo(scores[Number(templateId.split(" ")[1])]!, 6);
          }
        },
      ),
    );
  });

  it("changes a row in place, and leaves out those that are gone", () => {
    const matrix = new EmbeddingMatrix(2);
    matrix.set("a", "Ann", Float32Array.of(1, 0));
    matrix.set("b", "Bob", Float32Array.of(0, 1));
    matrix.set("a", "Bob", Float32Array.of(0, -1));
    expect(matrix.count).toBe(2);
    const kept = matrix.only(["a", "missing"]);
    const best = kept.collectBest(5);
    best.compare(Float32Array.of(0, -1), 0, kept.count);
    expect(best.found()).toEqual([{ templateId: "a", subjectId: "Bob", score: 1 }]);
  });
});
