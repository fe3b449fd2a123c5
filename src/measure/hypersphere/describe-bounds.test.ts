import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { exactScale, marginUpperBound, necessaryScale } from "./bounds.ts";
import { chooseMargin, chooseScale } from "./choose.ts";
import { describeBounds } from "./describe-bounds.ts";

describe("describeBounds", () => {
  it("has exactly the promised keys, for the paper's toy", () => {
    const report = describeBounds({ identities: 8, dimension: 2, posterior: 0.9, margin: 0.2, scale: 64 });
    expect(Object.keys(report).sort()).toEqual(
      ["advice", "marginUpperBound", "marginUpperBoundKind", "packing", "scaleExact", "scaleLowerBound"].sort(),
    );
    expect(report.scaleLowerBound).toBeCloseTo(3.625, 3);
    expect(report.scaleExact).toBeCloseTo(31.115, 3);
    expect(report.marginUpperBound).toBeCloseTo(0.2929, 4);
    expect(report.marginUpperBoundKind).toBe("circle-exact");
    expect(report.packing.minimumAngleDegrees).toBeCloseTo(45, 10);
    expect(report.advice).toMatchInlineSnapshot(`
      [
        "8 identities in 2 dimensions are more than the 3 of a simplex, so the scale of Eq. 6 (3.625) is necessary but not sufficient; the exact smallest scale without a margin is 9.872.",
        "Margin 0.2 is possible: the largest possible is 0.2929 (circle-exact), and a known arrangement allows 0.2929 (circle).",
        "Scale 64 is enough: class centers need 31.11 for the posterior 0.9 with margin 0.2.",
      ]
    `);
  });

  it("explains a margin that cannot work", () => {
    const report = describeBounds({ identities: 8, dimension: 2, posterior: 0.9, margin: 0.3 });
    expect(report.scaleExact).toBe("impossible");
    expect(report.advice).toMatchInlineSnapshot(`
      [
        "8 identities in 2 dimensions are more than the 3 of a simplex, so the scale of Eq. 6 (3.625) is necessary but not sufficient; the exact smallest scale without a margin is 9.872.",
        "Margin 0.3 is impossible for 8 identities in 2 dimensions: the largest possible is 0.2929 (circle-exact). Suggested: margin 0.19: two thirds of the 0.2929 that 8 identities in 2 dimensions allow (circle), because the paper's 0.35 is too large for them.",
        "Suggested: scale 64: the value of the paper; no scale gives every class center the posterior 0.9 with margin 0.3.",
      ]
    `);
  });

  it("explains a scale that is too small, at CASIA-WebFace's size", () => {
    const report = describeBounds({ identities: 10_575, dimension: 512, posterior: 0.9, margin: 0.35, scale: 10 });
    expect(report.scaleExact).toBeNull();
    expect(report.advice).toMatchInlineSnapshot(`
      [
        "10575 identities in 512 dimensions are more than the 513 of a simplex, so the scale of Eq. 6 (11.46) is necessary but not sufficient.",
        "Margin 0.35 is possible: the largest possible is below 0.9754 (levenshtein-limit), and a known arrangement allows 0.8359 (covering-argument).",
        "Scale 10 is too small: class centers need at least 17.63 for the posterior 0.9 with margin 0.35.",
      ]
    `);
  });

  it.each([
    [10_575, 512, 0.35, 64, "is enough: class centers need at least 17.63"],
    [10_575, 512, 0.35, 20, "may be enough"],
    [10_575, 512, 0, 64, "is large"],
    [8, 2, 0.2, 30, "is too small: class centers need 31.11"],
  ])("%i identities in %i dimensions, margin %f: scale %f %s", (identities, dimension, margin, scale, expected) => {
    const { advice } = describeBounds({ identities, dimension, posterior: 0.9, margin, scale });
    expect(advice[2]).toContain(`Scale ${scale} ${expected}`);
  });

  it("suggests both where neither is given", () => {
    expect(describeBounds({ identities: 10_575, dimension: 512, posterior: 0.9 }).advice).toMatchInlineSnapshot(`
      [
        "10575 identities in 512 dimensions are more than the 513 of a simplex, so the scale of Eq. 6 (11.46) is necessary but not sufficient.",
        "Suggested: margin 0.35: the value of the paper; 10575 identities in 512 dimensions allow up to 0.8359 (covering-argument).",
        "Suggested: scale 32.2: needed by a sample at 45° from its center for the posterior 0.9 with margin 0.35 (10575 identities in 512 dimensions).",
      ]
    `);
  });

  it.each([2, 3, 16, 128, 512, 4096])(
    "answers within a second for a million identities in %i dimensions",
    (dimension) => {
      const start = performance.now();
      const report = describeBounds({ identities: 1_000_000, dimension, posterior: 0.9, margin: 0.35, scale: 64 });
      expect(performance.now() - start).toBeLessThan(1000);
      expect(report.scaleLowerBound).toBeCloseTo(16.01, 2);
    },
  );

  it("gives finite numbers and whole sentences everywhere", () => {
    const options = fc.record({
      identities: fc.oneof(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 1000, max: 1_000_000 })),
      dimension: fc.oneof(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 64, max: 512 })),
      posterior: fc.double({ min: 0.05, max: 0.999, noNaN: true }),
      margin: fc.double({ min: 0, max: 2, noNaN: true }),
      scale: fc.double({ min: 0.1, max: 1000, noNaN: true }),
    });
    fc.assert(
      fc.property(options, (given) => {
        const report = describeBounds(given);
        expect(report.packing.margin).toBeLessThanOrEqual(report.marginUpperBound + 1e-9);
        expect(report.advice).toHaveLength(3);
        for (const sentence of report.advice) expect(sentence).toMatch(/^[A-Z0-9].*[^.]\.$/);
        for (const sentence of report.advice) expect(sentence).not.toMatch(/NaN|Infinity|undefined/);
      }),
      { numRuns: 30 },
    );
  });

  it("refuses a margin or scale out of range", () => {
    const size = { identities: 8, dimension: 2, posterior: 0.9 };
    expect(() => describeBounds({ ...size, margin: -0.1 })).toThrow(OptionError);
    expect(() => describeBounds({ ...size, scale: 0 })).toThrow(OptionError);
  });
});

describe("necessaryScale", () => {
  it("never exceeds the exact scale, and is impossible only where that is", () => {
    const options = fc.record({
      identities: fc.integer({ min: 2, max: 60 }),
      dimension: fc.constantFrom(2, 3, 4, 30),
      posterior: fc.double({ min: 0.05, max: 0.99, noNaN: true }),
      margin: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(options, (given) => {
        const exact = exactScale(given);
        if (typeof exact === "number") expect(necessaryScale(given)).toBeLessThanOrEqual(exact * (1 + 1e-9) + 1e-9);
        if (necessaryScale(given) === Number.POSITIVE_INFINITY) expect(exact).toBe("impossible");
      }),
    );
  });

  it("on a crowded sphere is set by the closest pair", () => {
    const crowded = { identities: 1_000_000, dimension: 3, posterior: 0.9 };
    expect(necessaryScale(crowded)).toBeCloseTo(Math.log(9) / marginUpperBound(crowded).value, 6);
  });
});

describe("chooseMargin", () => {
  it.each([
    [10_575, 512, 0.35],
    [1_000_000, 128, 0.35],
    [8, 2, 0.19],
    [10, 2, 0.12],
    [3, 2, 0.35],
  ])("%i identities in %i dimensions: %f", (identities, dimension, margin) => {
    expect(chooseMargin({ identities, dimension }).margin).toBe(margin);
  });

  it("always fits", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 100_000 }), fc.constantFrom(2, 3, 64, 512), (identities, dimension) => {
        const { margin, reason } = chooseMargin({ identities, dimension });
        expect(margin).toBeGreaterThan(0);
        expect(margin).toBeLessThan(marginUpperBound({ identities, dimension }).value);
        expect(reason).toContain(`margin ${margin}`);
      }),
      { numRuns: 20 },
    );
  });
});

describe("chooseScale", () => {
  it.each([
    [10_575, 512, 0.35, 32.2],
    [10_575, 512, 0, 16.3],
    [8, 2, 0.2, 31.2],
    [8, 2, 0.29, 64],
    [8, 2, 0.3, 64],
    [1_000_000, 3, 0, 64],
  ])("%i identities in %i dimensions, margin %f: %f", (identities, dimension, margin, scale) => {
    expect(chooseScale({ identities, dimension, margin }).scale).toBe(scale);
  });

  it("at posterior ½ and without margin is AdaCos' scale", () => {
    const { scale } = chooseScale({ identities: 1000, dimension: 512, posterior: 0.5 });
    expect(scale).toBeCloseTo(Math.SQRT2 * Math.log(999), 0);
  });
});
