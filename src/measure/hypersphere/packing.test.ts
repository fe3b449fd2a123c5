import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { bestPacking } from "./best-packing.ts";
import { levenshteinCosine } from "./code-limits.ts";
import { spreadPoints } from "./packing.ts";

describe("spreadPoints", () => {
  // Optima with proofs: simplex, orthoplex, polygon, Schütte and van der Waerden's seven and eight points (the square
  // antiprism: squares at height z with z² = 1/(1+2√2), where both kinds of edges are equal), Robinson's snub cube,
  // and Levenshtein's sharp codes.
  it.each([
    ["two opposite points", 2, 2, -1],
    ["regular octagon", 8, 2, Math.SQRT1_2],
    ["tetrahedron", 4, 3, -1 / 3],
    ["simplex in 9 dimensions", 10, 9, -1 / 9],
    ["octahedron", 6, 3, 0],
    ["orthoplex in 8 dimensions", 16, 8, 0],
    ["square antiprism", 8, 3, 1 / (1 + 2 * Math.SQRT2)],
    ["icosahedron", 12, 3, 1 / Math.sqrt(5)],
    ["half cube in 5 dimensions", 16, 5, 1 / 5],
    ["27 lines", 27, 6, 1 / 4],
  ])("finds the %s", (_name, points, dimension, cosine) => {
    const packing = spreadPoints({ points, dimension });
    expect(Math.abs(packing.maximumCosine - cosine)).toBeLessThan(1e-6);
    expect(packing.minimumAngleDegrees).toBeCloseTo((Math.acos(cosine) * 180) / Math.PI, 2);
  });

  it("gives unit vectors, the closest two of which have the cosine stated", () => {
    const { coordinates, maximumCosine } = spreadPoints({ points: 9, dimension: 4, starts: 1 });
    const rows = Array.from({ length: 9 }, (_, i) => [...coordinates.subarray(4 * i, 4 * i + 4)]);
    const product = (a: number[], b: number[]): number => a.reduce((sum, x, k) => sum + x * b[k]!, 0);
    for (const row of rows) expect(product(row, row)).toBeCloseTo(1, 12);
    const pairs = rows.flatMap((a, i) => rows.slice(0, i).map((b) => product(a, b)));
    expect(Math.max(...pairs)).toBeCloseTo(maximumCosine, 12);
  });

  it("stays above every limit, and does not get worse with more starts", () => {
    for (const [points, dimension] of [
      [13, 3],
      [30, 3],
      [25, 5],
      [40, 8],
    ] as const) {
      const once = spreadPoints({ points, dimension, starts: 1 }).maximumCosine;
      expect(once).toBeGreaterThan(levenshteinCosine(points, dimension));
      expect(spreadPoints({ points, dimension, starts: 3 }).maximumCosine).toBeLessThanOrEqual(once);
    }
  });

  it("repeats itself for the same seed, and not for another", () => {
    const at = (seed: number): Float64Array => spreadPoints({ points: 7, dimension: 3, seed, starts: 1 }).coordinates;
    expect(at(5)).toEqual(at(5));
    expect(at(5)).not.toEqual(at(6));
  });

  it("refuses a single point", () => {
    expect(() => spreadPoints({ points: 1, dimension: 3 })).toThrow(OptionError);
  });
});

describe("bestPacking", () => {
  it.each([
    [8, 2, "circle", Math.SQRT1_2],
    [513, 512, "simplex", -1 / 512],
    [600, 512, "orthoplex", 0],
    [120, 4, "known-code", Math.cos(Math.PI / 5)],
    [8, 3, "optimized", 1 / (1 + 2 * Math.SQRT2)],
  ] as const)("%i identities in %i dimensions: %s", (identities, dimension, method, cosine) => {
    const packing = bestPacking({ identities, dimension });
    expect(packing.method).toBe(method);
    expect(packing.maximumCosine).toBeCloseTo(cosine, 6);
    expect(packing.margin).toBeCloseTo(1 - cosine, 6);
    expect(packing.limitAngleDegrees).toBeGreaterThanOrEqual(packing.minimumAngleDegrees);
  });

  it("falls back on the covering argument for many identities, between 0 and 45° worse than the limit", () => {
    const packing = bestPacking({ identities: 1_000_000, dimension: 512 });
    expect(packing.method).toBe("covering-argument");
    expect(packing.maximumCosine).toBeCloseTo(0.208, 3);
    expect(packing.limitMaximumCosine).toBeCloseTo(0.053, 3);
  });

  it("optimization beats the covering argument at sizes where both can be asked", () => {
    const packing = bestPacking({ identities: 40, dimension: 8 });
    expect(packing.method).toBe("optimized");
    expect(packing.maximumCosine).toBeLessThan(0.3);
    expect(packing.maximumCosine).toBeGreaterThan(packing.limitMaximumCosine);
  });
});
