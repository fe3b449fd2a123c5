import { describe, expect, it } from "vitest";
import { optimalCode } from "./optimal-codes.ts";

describe("optimalCode", () => {
  // Every one of these codes is centered and a 2-design, so with a center's own cosine of 1 its cosines add up to 0,
  // and their squares to C/K; a wrong count or cosine breaks one of the two.
  it.each([
    [2, 5, "simplex", null],
    [6, 5, "simplex", 6 / 5],
    [3, 2, "simplex", 3 / 2],
    [7, 2, "circle", 7 / 2],
    [8, 2, "circle", 4],
    [10, 5, "orthoplex", 2],
    [12, 3, "known-code", 4],
    [120, 4, "known-code", 30],
    [16, 5, "known-code", 16 / 5],
    [27, 6, "known-code", 27 / 6],
    [56, 7, "known-code", 8],
    [240, 8, "known-code", 30],
    [196_560, 24, "known-code", 8190],
  ])("%i centers in %i dimensions: %s", (identities, dimension, name, sumOfSquares) => {
    const code = optimalCode(identities, dimension)!;
    expect(code.name).toBe(name);
    const shells = [...code.shells];
    expect(shells.reduce((sum, { count }) => sum + count, 0)).toBe(identities - 1);
    expect(shells.reduce((sum, { gap, count }) => sum + count * (1 - gap), 1) / identities).toBeCloseTo(0, 12);
    if (sumOfSquares !== null) {
      expect(shells.reduce((sum, { gap, count }) => sum + count * (1 - gap) ** 2, 1)).toBeCloseTo(sumOfSquares, 8);
    }
    const gaps = shells.map(({ gap }) => gap);
    expect(gaps).toEqual(gaps.toSorted((a, b) => a - b));
    expect(code.nearestGap).toBe(gaps[0]);
  });

  it("knows none for 13 points on the sphere, or for 1,000 in 128 dimensions", () => {
    expect(optimalCode(13, 3)).toBeNull();
    expect(optimalCode(1000, 128)).toBeNull();
  });
});
