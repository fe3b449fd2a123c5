import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applySimilarity, fitSimilarity, inverseMap, type Point, type Similarity } from "./similarity.ts";

const TEMPLATE: Point[] = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];
const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const similarities = fc
  .record({ scale: number(0.01, 100), angle: number(-4, 4), shiftX: number(-1e3, 1e3), shiftY: number(-1e3, 1e3) })
  .map(
    ({ scale, angle, ...shift }): Similarity => ({
      a: scale * Math.cos(angle),
      b: scale * Math.sin(angle),
      ...shift,
    }),
  );

describe("fitSimilarity", () => {
  it("finds the similarity that points were moved by", () => {
    const moved = { a: 1.2, b: -0.7, shiftX: 5, shiftY: -3 };
    const from: Point[] = [
      [0, 0],
      [4, 1],
      [-2, 7],
    ];
    const found = fitSimilarity(
      from,
      from.map((point) => applySimilarity(moved, point)),
    );
    for (const name of ["a", "b", "shiftX", "shiftY"] as const) expect(found[name]).toBeCloseTo(moved[name], 12);
  });

  it("has the least sum of squares: any small change makes it worse", () => {
    const from: Point[] = [
      [0, 0],
      [4, 1],
      [-2, 7],
      [3, 3],
    ];
    const to: Point[] = [
      [1, 0],
      [5, 2],
      [0, 6],
      [2, 5],
    ];
    const best = fitSimilarity(from, to);
    const error = (similarity: typeof best): number =>
      from.reduce((sum, point, i) => {
        const [x, y] = applySimilarity(similarity, point);
        return sum + (x - to[i]![0]) ** 2 + (y - to[i]![1]) ** 2;
      }, 0);
    for (const name of ["a", "b", "shiftX", "shiftY"] as const) {
      for (const change of [-0.01, 0.01]) {
        expect(error({ ...best, [name]: best[name] + change })).toBeGreaterThan(error(best));
      }
    }
  });

  // Umeyama's method by singular values, computed with numpy 2.4.6: a, b, shiftX, shiftY.
  it.each([
    [
      "a turned face",
      [105.3, 98.7, 146.2, 109.1, 119.8, 131.6, 98.4, 148.2, 131.5, 156.9],
      [0.8007647530128863, -0.19328906119297984, -65.17275389004455, -8.07671994551714],
    ],
    [
      "left and right exchanged, where the best of all maps would be a reflection",
      [150, 100, 100, 102, 124, 130, 146, 150, 104, 152],
      [0.116045001720578, -0.01447605815554021, 39.708179611149376, 58.99288583964213],
    ],
  ])("is Umeyama's for %s", (_, numbers, expected) => {
    const from = Array.from({ length: 5 }, (_, i): Point => [numbers[2 * i]!, numbers[2 * i + 1]!]);
    const { a, b, shiftX, shiftY } = fitSimilarity(from, TEMPLATE);
    for (const [i, value] of [a, b, shiftX, shiftY].entries()) expect(value).toBeCloseTo(expected[i]!, 10);
  });

  it("finds any similarity again", () => {
    fc.assert(
      fc.property(similarities, (moved) => {
        const found = fitSimilarity(
          TEMPLATE,
          TEMPLATE.map((point) => applySimilarity(moved, point)),
        );
        const size = Math.hypot(moved.a, moved.b);
        expect(Math.hypot(found.a - moved.a, found.b - moved.b) / size).toBeLessThan(1e-9);
        expect(found.shiftX).toBeCloseTo(moved.shiftX, 6);
        expect(found.shiftY).toBeCloseTo(moved.shiftY, 6);
      }),
    );
  });
});

describe("inverseMap", () => {
  it("leads back", () => {
    fc.assert(
      fc.property(similarities, number(-500, 500), number(-500, 500), (similarity, x, y) => {
        const [u, v] = applySimilarity(similarity, [x, y]);
        const [a, b, c, d, e, f] = inverseMap(similarity);
        expect(a * u + b * v + c).toBeCloseTo(x, 5);
        expect(d * u + e * v + f).toBeCloseTo(y, 5);
      }),
    );
  });
});
