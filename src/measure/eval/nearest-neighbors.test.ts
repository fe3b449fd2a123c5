import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearestNeighbors } from "./nearest-neighbors.ts";
import { scorePairs } from "./pair-scores.ts";

const coordinate = fc.integer({ min: -3, max: 3 });

describe("nearestNeighbors", () => {
  it("is the head of all others, sorted by cosine and then by row", () => {
    const points = fc.array(fc.tuple(coordinate, coordinate), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 25 }), (rows, neighborCount) => {
        const count = rows.length;
        const embeddings = { count, size: 2, data: Float32Array.from(rows.flat()) };
        const found = nearestNeighbors(embeddings, neighborCount);
        expect(found.neighborCount).toBe(Math.min(neighborCount, count - 1));
        for (let row = 0; row < count; row++) {
          const others = [...rows.keys()].filter((other) => other !== row);
          const pairs = others.map((other) => ({
            left: Math.min(row, other),
            right: Math.max(row, other),
            same: true,
            fold: 0,
          }));
          const { genuine } = scorePairs(embeddings, pairs);
          const order = [...others.keys()].sort((i, j) => genuine[j]! - genuine[i]! || i - j).slice(0, neighborCount);
          const [start, end] = [row * found.neighborCount, (row + 1) * found.neighborCount];
          expect([...found.rows.subarray(start, end)]).toEqual(order.map((i) => others[i]));
          expect([...found.scores.subarray(start, end)]).toEqual(order.map((i) => genuine[i]));
        }
      }),
    );
  });

  it("finds none for a lone embedding, and refuses none at all", () => {
    expect(nearestNeighbors({ count: 1, size: 1, data: Float32Array.of(1) }, 5)).toMatchObject({ neighborCount: 0 });
    expect(() => nearestNeighbors({ count: 0, size: 1, data: new Float32Array(0) }, 5)).toThrow("got no embeddings");
  });
});
