import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError, random } from "../../base/core/index.ts";
import { approximateFirstLoss, expectedFirstLoss, type FirstLossOptions } from "./first-loss.ts";

/** The mean loss over random centers and embeddings, straight from the definition. */
function simulate(identities: number, dimension: number, scale: number, margin: number, count: number) {
  const normal = random(7, "first-loss", identities, dimension);
  const cosine = (): number => {
    const first = normal.normal();
    let squared = first * first;
    for (let i = 1; i < dimension; i++) squared += normal.normal() ** 2;
    return first / Math.sqrt(squared);
  };
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < count; i++) {
    const own = cosine();
    let others = 0;
    for (let j = 1; j < identities; j++) others += Math.exp(scale * (cosine() - own + margin));
    const loss = Math.log1p(others);
    sum += loss;
    squares += loss * loss;
  }
  const mean = sum / count;
  return { mean, standardError: Math.sqrt((squares / count - mean * mean) / count) };
}

describe("expectedFirstLoss", () => {
  // The rule of thumb against the logs of other implementations: 20.7 (logged 22.6), 22.2 (24.1), 44 (42.5).
  it.each([
    [10_572, 512, 30, 0.35, 20.7],
    [10_572, 512, 30, 0.4, 22.2],
    [2_059_906, 512, 64, 0.4, 44.1],
  ])("%i identities, %i-d, s = %f, m = %f: about %f", (identities, dimension, scale, margin, expected) => {
    const options = { identities, dimension, scale, margin };
    expect(Math.abs(expectedFirstLoss(options) - expected)).toBeLessThan(0.1);
    expect(Math.abs(approximateFirstLoss(options) - expected)).toBeLessThan(0.1);
  });

  it.each([
    [2, 2, 1, 0],
    [8, 2, 30, 0.2],
    [5, 4, 10, 0.3],
    [100, 16, 30, 0.35],
    [3, 128, 64, 0],
  ])(
    "agrees with a simulation of %i identities in %i dimensions, s = %f, m = %f",
    (identities, dimension, scale, margin) => {
      const { mean, standardError } = simulate(identities, dimension, scale, margin, 4000);
      const expected = expectedFirstLoss({ identities, dimension, scale, margin });
      expect(Math.abs(expected - mean)).toBeLessThan(4 * standardError);
      expect(standardError / mean).toBeLessThan(0.03); // so that the line above can fail
    },
  );

  const spheres: readonly (readonly [string, FirstLossOptions])[] = [
    ["three centers an identity", { identities: 30, dimension: 8, scale: 12, margin: 0.2, centersPerIdentity: 3 }],
    ["filtered negatives", { identities: 30, dimension: 4, scale: 12, margin: 0.2, filter: 0.3 }],
    ["both", { identities: 8, dimension: 4, scale: 12, margin: 0, filter: 0.4, centersPerIdentity: 2 }],
    ["another target", { identities: 30, dimension: 6, scale: 8, target: (c: number) => c - 0.4 * (1 - c * c) }],
  ];
  it.each(spheres)("agrees with a simulation with %s", (_, options) => {
    const { identities, dimension, scale, margin = 0, centersPerIdentity = 1, filter = 2 } = options;
    const { target = (c: number) => c - margin } = options;
    const normal = random(9, "simulated");
    const one = () => {
      const row = Array.from({ length: dimension }, () => normal.normal());
      return row[0]! / Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    };
    const cosine = () => Math.max(...Array.from({ length: centersPerIdentity }, one));
    const losses = Array.from({ length: 4000 }, () => {
      const own = scale * target(cosine());
      let others = 0;
      for (let j = 1; j < identities; j++) {
        const c = cosine();
        others += Math.exp((c > filter ? 0 : scale * c) - own);
      }
      return Math.log1p(others);
    });
    const mean = losses.reduce((sum, loss) => sum + loss) / losses.length;
    const variance = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / losses.length;
    const standardError = Math.sqrt(variance / losses.length);
    expect(Math.abs(expectedFirstLoss(options) - mean)).toBeLessThan(4 * standardError);
    expect(standardError / mean).toBeLessThan(0.03);
  });

  it("agrees with Simpson's rule for two identities on the sphere, where cosines are uniform", () => {
    const [scale, panels] = [3, 200];
    let sum = 0;
    for (let i = 0; i <= panels; i++) {
      for (let j = 0; j <= panels; j++) {
        const weight = [i, j].reduce((w, k) => w * (k === 0 || k === panels ? 1 : k % 2 === 1 ? 4 : 2), 1);
        const [own, other] = [(2 * i) / panels - 1, (2 * j) / panels - 1];
        sum += weight * Math.log1p(Math.exp(scale * (other - own + 0.25)));
      }
    }
    const loss = expectedFirstLoss({ identities: 2, dimension: 3, scale, margin: 0.25 });
    expect(loss).toBeCloseTo(sum / (3 * panels) ** 2, 4);
  });

  it("tends to ln C as the scale vanishes", () => {
    expect(expectedFirstLoss({ identities: 1000, dimension: 64, scale: 1e-7 })).toBeCloseTo(Math.log(1000), 6);
  });

  it("stays below Jensen's bound ln(1 + E T), and grows with m and C", () => {
    const size = fc.record({
      identities: fc.integer({ min: 2, max: 20_000 }),
      dimension: fc.integer({ min: 2, max: 600 }),
      scale: fc.double({ min: 1, max: 64, noNaN: true }),
      margin: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(size, (options) => {
        const loss = expectedFirstLoss(options);
        // E T = (C−1)·e^{sm}·(E e^{sc})², and E e^{sc} ≤ e^{s²/2K}.
        const sum = approximateFirstLoss(options) + options.scale ** 2 / (2 * options.dimension);
        expect(loss).toBeLessThanOrEqual(sum + Math.log1p(Math.exp(-sum)) + 1e-6);
        expect(expectedFirstLoss({ ...options, margin: options.margin + 0.1 })).toBeGreaterThan(loss);
        expect(expectedFirstLoss({ ...options, identities: options.identities + 1 })).toBeGreaterThan(loss);
      }),
      { numRuns: 15 },
    );
  });

  it("answers quickly at absurd scales too: two random points on the circle, E max(0, c₁ − c₂ + 0) · s = s · 4/π²", () => {
    const loss = expectedFirstLoss({ identities: 2, dimension: 2, scale: 1e6 });
    expect(loss / 1e6).toBeCloseTo(4 / Math.PI ** 2, 3);
  });

  it("refuses impossible sizes", () => {
    expect(() => expectedFirstLoss({ identities: 1, dimension: 512, scale: 64 })).toThrow(OptionError);
    expect(() => expectedFirstLoss({ identities: 10, dimension: 512, scale: 0 })).toThrow(OptionError);
  });
});
