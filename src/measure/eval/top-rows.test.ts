import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dotProduct } from "./embeddings.ts";
import { CosineScan, innerProducts, nearestRow } from "./exact-scan.ts";
import { TopRows } from "./top-rows.ts";

const coordinate = fc.integer({ min: -3, max: 3 });
const rowsOf = (length: number) => fc.array(fc.tuple(coordinate, coordinate), { minLength: length, maxLength: 30 });

describe("TopRows", () => {
  it("keeps the head of all rows, sorted by score and then by row, whatever the blocks", () => {
    fc.assert(
      fc.property(
        fc.array(coordinate, { maxLength: 50 }),
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 1, max: 9 }),
        (scores, capacity, block) => {
          const top = new TopRows(capacity);
          for (let from = 0; from < scores.length; from += block) {
            top.offerAll(Float64Array.from(scores.slice(from, from + block)), from);
          }
          const sorted = scores
            .map((score, row) => ({ row, score }))
            .sort((a, b) => b.score - a.score || a.row - b.row);
          expect(top.list()).toEqual(sorted.slice(0, capacity));
          expect([...top.rows]).toEqual(top.list().map(({ row }) => row));
        },
      ),
    );
  });

  it("never keeps a score that is NaN", () => {
    const top = new TopRows(3);
    top.offer(0, Number.NaN);
    top.offer(1, -1);
    expect(top.list()).toEqual([{ row: 1, score: -1 }]);
  });
});

describe("the exact scan", () => {
  it("gives the inner products and cosines of a range of rows", () => {
    fc.assert(
      fc.property(rowsOf(3), (points) => {
        const embeddings = { count: points.length, size: 2, data: Float32Array.from(points.flat()) };
        const scan = new CosineScan("embeddings", embeddings);
        const [from, to] = [1, points.length - 1];
        const products = points
          .slice(from, to)
          .map((_, i) => dotProduct(embeddings.data, 0, embeddings.data, 2 * (from + i), 2));
        const probe = embeddings.data.subarray(0, 2);
        expect([...innerProducts(probe, embeddings.data, from, to, new Float64Array(to))]).toEqual(products);
        const [x = 0, y = 0] = probe;
        const expected = points.slice(from, to).map(([a, b]) => {
          const lengths = Math.hypot(x, y) * Math.hypot(a, b);
          return lengths === 0 ? 0 : (x * a + y * b) / lengths;
        });
        const cosines = [...scan.cosines(scan, 0, from, to)];
        for (const [i, cosine] of cosines.entries()) expect(cosine).toBeCloseTo(expected[i]!, 12);
        expect(cosines).toHaveLength(to - from);
      }),
    );
  });

  it("finds the first of the nearest rows", () => {
    const rows = { count: 3, size: 2, data: Float32Array.of(0, 1, 1, 0, 1, 0) };
    expect(nearestRow(Float32Array.of(1, 0), rows)).toEqual({ row: 1, score: 1 });
    expect(nearestRow(Float32Array.of(0, 1), rows)).toEqual({ row: 0, score: 1 });
    expect(nearestRow(Float32Array.of(1, 0), { ...rows, count: 0 }).score).toBe(-1);
  });

  it("refuses what is not a matrix of finite numbers", () => {
    const scan = (embeddings: unknown) => () => new CosineScan("probes", embeddings as never);
    expect(scan(undefined)).toThrow("probes: got no Float32Array");
    expect(scan({ count: 1, size: 2, data: [1, 2] })).toThrow("expected { count, size, data }");
    expect(scan({ count: 1, size: 3, data: Float32Array.of(1, 2) })).toThrow("got 2 numbers, expected 1 rows of 3");
    expect(scan({ count: 2, size: 1, data: Float32Array.of(1, Number.NaN) })).toThrow("row 1 contains NaN");
  });
});
