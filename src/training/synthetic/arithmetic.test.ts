import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bump,
  cosine,
  coverage,
  hashUnit,
  lineCoverage,
  lineNoise,
  planeNoise,
  sine,
  smoothstep,
} from "./arithmetic.ts";

describe("sine and cosine", () => {
  it("agree with Math's to 1e-12", () => {
    for (let degrees = -720; degrees <= 720; degrees += 7.3) {
      expect(sine(degrees)).toBeCloseTo(Math.sin((degrees * Math.PI) / 180), 12);
      expect(cosine(degrees)).toBeCloseTo(Math.cos((degrees * Math.PI) / 180), 12);
    }
  });
});

describe("edges", () => {
  it("are half covered on the border and whole half a footprint further in", () => {
    expect(coverage(0, 0.2)).toBe(0.5);
    expect(coverage(0.1, 0.2)).toBe(1);
    expect(coverage(-0.1, 0.2)).toBe(0);
  });

  it("fade a line thinner than a pixel by its share of the pixel", () => {
    expect(lineCoverage(0, 0.05, 0.4)).toBeCloseTo(0.25 * coverage(0.05, 0.4));
    expect(lineCoverage(-1, 0.05, 0.4)).toBe(0);
  });

  it("meet their ends", () => {
    expect([smoothstep(2, 4, 1), smoothstep(2, 4, 3), smoothstep(2, 4, 5)]).toEqual([0, 0.5, 1]);
    expect([bump(0), bump(0.5), bump(1), bump(9)]).toEqual([1, 0.25, 0, 0]);
  });
});

describe("noise", () => {
  it("stays in [0, 1), passes through the lattice and is continuous", () => {
    const coordinate = fc.double({ min: -1000, max: 1000, noNaN: true });
    fc.assert(
      fc.property(coordinate, coordinate, fc.nat(), (x, y, seed) => {
        for (const value of [planeNoise(x, y, seed), lineNoise(x, seed)]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThan(1);
        }
        expect(Math.abs(planeNoise(x + 1e-6, y, seed) - planeNoise(x, y, seed))).toBeLessThan(1e-5);
        expect(planeNoise(Math.floor(x), Math.floor(y), seed)).toBe(hashUnit(Math.floor(x), Math.floor(y), seed));
      }),
    );
  });

  it("is spread evenly over [0, 1)", () => {
    const counts = new Uint32Array(10);
    for (let i = 0; i < 10_000; i++) counts[Math.floor(10 * hashUnit(i % 100, Math.floor(i / 100), 5))]!++;
    // Standard deviation of a count is 30.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
