import { describe, expect, it } from "vitest";
import { capFraction, coveringCosine, fejesTothCosine, levenshteinCosine, levenshteinCount } from "./code-limits.ts";

describe("levenshteinCount", () => {
  // Cohn and Kumar's Table 1: the bound is met with equality by every sharp code.
  it.each([
    [3, 1 / Math.sqrt(5), 12],
    [5, 1 / 5, 16],
    [6, 1 / 4, 27],
    [7, 1 / 3, 56],
    [8, 1 / 2, 240],
    [21, 1 / 7, 162],
    [22, 1 / 11, 100],
    [22, 1 / 6, 275],
    [22, 1 / 4, 891],
    [23, 1 / 5, 552],
    [23, 1 / 3, 4600],
    [24, 1 / 2, 196_560],
  ])("dimension %i, cosine %f: %i points", (dimension, cosine, count) => {
    expect(levenshteinCount(dimension, cosine)).toBeCloseTo(count, 6);
    expect(levenshteinCosine(count, dimension)).toBeCloseTo(cosine, 9);
  });

  it("lies just above the 600-cell, which is optimal but not sharp", () => {
    const cosine = levenshteinCosine(120, 4);
    expect(cosine).toBeLessThan(Math.cos(Math.PI / 5));
    expect(cosine).toBeGreaterThan(Math.cos(Math.PI / 5) - 0.002);
  });

  it("gives Rankin's 2K at a cosine of 0", () => {
    expect(levenshteinCount(10, 0)).toBeCloseTo(20, 10);
  });
});

describe("fejesTothCosine", () => {
  it.each([
    [3, -1 / 2],
    [4, -1 / 3],
    [6, 0],
    [12, 1 / Math.sqrt(5)],
  ])("%i points: %f, which a regular solid attains", (identities, cosine) => {
    expect(fejesTothCosine(identities)).toBeCloseTo(cosine, 12);
  });
});

describe("capFraction", () => {
  it("is φ/π on the circle and (1 − cos φ)/2 on the sphere", () => {
    for (const angle of [1e-4, 0.01, 0.3, 1, 1.5, Math.PI / 2]) {
      expect(capFraction(angle, 2) / (angle / Math.PI)).toBeCloseTo(1, 9);
      expect(capFraction(angle, 3) / Math.sin(angle / 2) ** 2).toBeCloseTo(1, 9);
    }
  });

  it("agrees with Simpson's rule on ∫ sin^{K−2} in 64 dimensions", () => {
    const simpson = (end: number): number => {
      const panels = 2000;
      let sum = 0;
      for (let i = 0; i <= panels; i++) {
        const weight = i === 0 || i === panels ? 1 : i % 2 === 1 ? 4 : 2;
        sum += weight * Math.sin((i * end) / panels) ** 62;
      }
      return (sum * end) / panels;
    };
    for (const angle of [0.8, 1.2, 1.5]) {
      expect(capFraction(angle, 64) / (simpson(angle) / simpson(Math.PI))).toBeCloseTo(1, 8);
    }
  });
});

describe("coveringCosine", () => {
  it("is above the limit that no arrangement can beat", () => {
    for (const [identities, dimension] of [
      [20, 3],
      [100, 16],
      [10_575, 512],
      [1_000_000, 128],
    ] as const) {
      const cosine = coveringCosine(identities, dimension);
      expect(cosine).toBeGreaterThan(levenshteinCosine(identities, dimension));
      expect(cosine).toBeLessThan(1);
    }
  });

  it("on the sphere, C − 1 caps of area (1 − t)/2 fill it: t = 1 − 2/(C − 1)", () => {
    expect(coveringCosine(21, 3)).toBeCloseTo(0.9, 9);
  });
});
