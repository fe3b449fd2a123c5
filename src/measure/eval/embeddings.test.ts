import { describe, expect, it } from "vitest";
import { OptionError, ShapeError } from "../../base/core/index.ts";
import { combineViews } from "./combine-views.ts";
import { cosineFromDistance, cosineFromSquaredDistance, squaredDistanceFromCosine } from "./distance.ts";
import { dotProduct, type Embeddings, normalizeEmbeddings } from "./embeddings.ts";
import { scorePairs } from "./pair-scores.ts";

function rows(...values: number[][]): Embeddings {
  return { count: values.length, size: values[0]!.length, data: Float32Array.from(values.flat()) };
}

describe("combineViews", () => {
  const original = rows([3, 0], [0, 1]);
  const flipped = rows([0, 4], [1, 1]);

  it("leaves out, appends or adds the mirror image's embedding, and normalizes nothing", () => {
    expect(combineViews(original, flipped, "none")).toBe(original);
    expect(combineViews(original, flipped, "concat")).toEqual(rows([3, 0, 0, 4], [0, 1, 1, 1]));
    expect(combineViews(original, flipped, "sum")).toEqual(rows([3, 4], [1, 2]));
  });

  it("gives the cosines that the rules mean", () => {
    const pair = [{ left: 0, right: 1, same: true, fold: 0 }];
    // concat: ⟨a, b⟩ + ⟨a′, b′⟩ = 0 + 4 over 5 · √3. sum: ⟨(3, 4), (1, 2)⟩ = 11 over 5 · √5.
    expect(scorePairs(combineViews(original, flipped, "concat"), pair).genuine[0]).toBeCloseTo(
      4 / (5 * Math.sqrt(3)),
      6,
    );
    expect(scorePairs(combineViews(original, flipped, "sum"), pair).genuine[0]).toBeCloseTo(11 / (5 * Math.sqrt(5)), 6);
  });

  it("refuses a missing view and views that differ in shape", () => {
    expect(() => combineViews(original, undefined, "sum")).toThrow(OptionError);
    expect(() => combineViews(original, rows([1, 2]), "concat")).toThrow(ShapeError);
    expect(() => combineViews(original, rows([1], [2]), "concat")).toThrow("got [2,2] and [2,1], expected the same");
  });
});

describe("scorePairs", () => {
  it("separates the kinds, and gives a row of zeros a cosine of 0", () => {
    const embeddings = rows([1, 0], [2, 0], [0, 3], [0, 0], [-1, 0]);
    const scores = scorePairs(embeddings, [
      { left: 0, right: 1, same: true, fold: 0 },
      { left: 0, right: 2, same: false, fold: 0 },
      { left: 0, right: 3, same: true, fold: 1 },
      { left: 3, right: 3, same: true, fold: 1 },
      { left: 4, right: 1, same: false, fold: 1 },
    ]);
    expect([...scores.genuine]).toEqual([1, 0, 0]);
    expect([...scores.impostor]).toEqual([0, -1]);
  });

  it("refuses rows that are not there", () => {
    for (const row of [-1, 2, 0.5, Number.NaN]) {
      expect(() => scorePairs(rows([1], [2]), [{ left: 0, right: row, same: true, fold: 0 }])).toThrow(OptionError);
    }
  });
});

describe("normalizeEmbeddings", () => {
  it("divides rows by their length, down to the smallest, and leaves zeros", () => {
    expect(normalizeEmbeddings(rows([3, 4], [0, 0], [0, -2e-45]))).toEqual(rows([0.6, 0.8], [0, 0], [0, -1]));
  });

  it("names the row that is not finite, and refuses a wrong shape", () => {
    expect(() => normalizeEmbeddings(rows([1], [Number.NaN]))).toThrow("row 1 contains NaN or an infinite number");
    expect(() => normalizeEmbeddings({ count: 2, size: 3, data: new Float32Array(5) })).toThrow(
      "got 5 numbers, expected 2 rows of 3",
    );
    expect(() => normalizeEmbeddings({ count: 0, size: 0, data: new Float32Array(0) })).toThrow(ShapeError);
  });
});

describe("dotProduct", () => {
  it("sums all elements, for sizes that four does and does not divide", () => {
    for (let size = 1; size <= 9; size++) {
      const values = Float32Array.from({ length: size + 2 }, (_, i) => i + 1);
      const expected = Array.from({ length: size }, (_, i) => (i + 2) * (i + 1)).reduce((a, b) => a + b);
      expect(dotProduct(values, 1, values, 0, size)).toBe(expected);
    }
  });
});

describe("distances of unit vectors", () => {
  // InsightFace's threshold 1.24; 1.348 and 1.128 from reports of confused units.
  it.each([
    [1.24, 0.38],
    [1.348, 0.326],
    [0, 1],
    [4, -1],
  ])("squared distance %f is cosine %f", (squared, cosine) => {
    expect(cosineFromSquaredDistance(squared)).toBeCloseTo(cosine, 12);
    expect(squaredDistanceFromCosine(cosine)).toBeCloseTo(squared, 12);
    expect(cosineFromDistance(Math.sqrt(squared))).toBeCloseTo(cosine, 12);
  });

  it("are refused outside their ranges", () => {
    expect(() => squaredDistanceFromCosine(1.1)).toThrow(OptionError);
    expect(() => cosineFromSquaredDistance(-0.1)).toThrow(OptionError);
    expect(() => cosineFromDistance(2.1)).toThrow(OptionError);
  });
});
