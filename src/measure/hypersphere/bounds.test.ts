import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { adaCosScale, exactScale, marginUpperBound, scaleLowerBound, scaleLowerBoundWithMargin } from "./bounds.ts";

describe("scaleLowerBound", () => {
  // The table of Eq. 6, computed from the formula by hand calculator and again here.
  it.each([
    [8, 3.63, 5.72, 7.75],
    [10, 3.96, 6.11, 8.19],
    [100, 6.72, 9.1, 11.39],
    [1_000, 9.09, 11.49, 13.8],
    [10_575, 11.46, 13.86, 16.17],
    [90_000, 13.6, 16.0, 18.31],
    [672_000, 15.62, 18.01, 20.32],
    [1_000_000, 16.01, 18.41, 20.72],
  ])("%i identities need %f, %f and %f for posteriors of 0.9, 0.99 and 0.999", (identities, ...scales) => {
    const computed = [0.9, 0.99, 0.999].map((posterior) => scaleLowerBound({ identities, posterior }));
    computed.forEach((scale, i) => {
      expect(Math.round(scale * 100) / 100).toBe(scales[i]);
    });
  });

  it("is 0 where every scale gives the posterior", () => {
    expect(scaleLowerBound({ identities: 10, posterior: 0.09 })).toBe(0);
    expect(scaleLowerBound({ identities: 2, posterior: 0.5 })).toBe(0);
  });

  it("grows with the posterior and with the number of identities", () => {
    const identities = fc.integer({ min: 2, max: 1_000_000 });
    const posterior = fc.double({ min: 0.51, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(identities, posterior, (count, p) => {
        const scale = scaleLowerBound({ identities: count, posterior: p });
        expect(scaleLowerBound({ identities: count + 1, posterior: p })).toBeGreaterThan(scale);
        expect(scaleLowerBound({ identities: count, posterior: p + 0.0005 })).toBeGreaterThan(scale);
      }),
    );
  });

  it("refuses a posterior that no scale reaches, and a single identity", () => {
    expect(() => scaleLowerBound({ identities: 10, posterior: 1 })).toThrow(OptionError);
    expect(() => scaleLowerBound({ identities: 10, posterior: 0 })).toThrow(OptionError);
    expect(() => scaleLowerBound({ identities: 1, posterior: 0.9 })).toThrow(OptionError);
  });
});

describe("exactScale", () => {
  it.each([
    [8, 0.9, [9.87, 14.98, 31.11, 999.02]],
    [8, 0.99, [18.06, 27.42, 56.93, 1827.81]],
    [10, 0.9, [15.14, 31.77, "impossible", "impossible"]],
    [10, 0.99, [27.69, 58.12, "impossible", "impossible"]],
  ] as const)(
    "%i centers on the circle, posterior %f, margins of 0, 0.1, 0.2 and 0.29: %j",
    (identities, posterior, scales) => {
      const computed = [0, 0.1, 0.2, 0.29].map((margin) => exactScale({ identities, dimension: 2, posterior, margin }));
      computed.forEach((scale, i) => {
        const expected = scales[i];
        if (typeof expected === "string") expect(scale).toBe(expected);
        else expect(Math.abs((scale as number) - expected!)).toBeLessThan(0.01);
      });
    },
  );

  it.each([
    [10_575, 0.35, 17.6],
    [10_575, 0.4, 19.1],
    [1_000, 0.35, 14.0],
    [100, 0.35, 10.3],
    [90_000, 0.35, 20.9],
  ])("a simplex of %i centers with margin %f needs %f", (identities, margin, expected) => {
    const scale = exactScale({ identities, dimension: identities - 1, posterior: 0.9, margin });
    expect(Math.round((scale as number) * 10) / 10).toBe(expected);
  });

  it("is Eq. 6 on the simplex without a margin", () => {
    const size = { identities: 50, dimension: 49 };
    expect(exactScale({ ...size, posterior: 0.9 })).toBeCloseTo(scaleLowerBound({ ...size, posterior: 0.9 }), 10);
  });

  it("solves the two-term case by hand: two opposite centers, p = 1/(1 + e^{−s(2 − m)})", () => {
    const scale = exactScale({ identities: 2, dimension: 5, posterior: 0.8, margin: 0.5 });
    expect(scale).toBeCloseTo(Math.log(0.8 / 0.2) / 1.5, 12);
  });

  it("gives the worst center exactly the posterior, on every known code", () => {
    const codes: [number, number][] = [
      [7, 2],
      [12, 3],
      [8, 4],
      [120, 4],
      [16, 5],
      [27, 6],
      [56, 7],
      [240, 8],
      [196_560, 24],
    ];
    for (const [identities, dimension] of codes) {
      const low = exactScale({ identities, dimension, posterior: 0.9 }) as number;
      expect(low, `${identities} in ${dimension}`).toBeGreaterThan(scaleLowerBound({ identities, posterior: 0.9 }));
    }
    // The octahedron: 1/p − 1 = 4e^{−s} + e^{−2s}, so e^{−s} = √(4 + 1/9) − 2 at p = 0.9.
    const octahedron = exactScale({ identities: 6, dimension: 3, posterior: 0.9 });
    expect(octahedron).toBeCloseTo(-Math.log(Math.sqrt(4 + 1 / 9) - 2), 10);
  });

  it("grows with posterior, margin and identities on the circle, until nothing is enough", () => {
    const identities = fc.integer({ min: 4, max: 40 });
    const share = fc.double({ min: 0, max: 0.9, noNaN: true });
    const posterior = fc.double({ min: 0.5, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(identities, share, posterior, (count, part, p) => {
        const bound = marginUpperBound({ identities: count, dimension: 2 }).value;
        const at = (c: number, margin: number, q: number): number => {
          const scale = exactScale({ identities: c, dimension: 2, posterior: q, margin });
          return typeof scale === "number" ? scale : Number.POSITIVE_INFINITY;
        };
        const scale = at(count, part * bound, p);
        expect(scale).toBeLessThan(Number.POSITIVE_INFINITY);
        expect(at(count, (part + 0.05) * bound, p)).toBeGreaterThan(scale);
        expect(at(count, part * bound, p + 0.005)).toBeGreaterThan(scale);
        expect(at(count + 1, part * bound, p)).toBeGreaterThan(scale);
        expect(scale).toBeGreaterThanOrEqual(scaleLowerBoundWithMargin(count, p, part * bound) - 1e-9);
        expect(at(count, bound * 1.001, p)).toBe(Number.POSITIVE_INFINITY);
      }),
    );
  });

  it("at the bound itself two neighbors keep their weight of 1, so only posteriors below 1/3 are reached", () => {
    const margin = marginUpperBound({ identities: 8, dimension: 2 }).value;
    expect(exactScale({ identities: 8, dimension: 2, posterior: 0.33, margin })).toBeTypeOf("number");
    expect(exactScale({ identities: 8, dimension: 2, posterior: 0.34, margin })).toBe("impossible");
  });

  it("is null where the best arrangement is unknown, and impossible beyond the limit even there", () => {
    expect(exactScale({ identities: 1000, dimension: 128, posterior: 0.9, margin: 0.35 })).toBeNull();
    expect(exactScale({ identities: 1000, dimension: 128, posterior: 0.9, margin: 1 })).toBe("impossible");
    expect(exactScale({ identities: 5, dimension: 3, posterior: 0.4, margin: 1.1 })).toBeNull();
  });

  it("answers for a million identities on the circle in well under a second", () => {
    const start = performance.now();
    const scale = exactScale({ identities: 1_000_000, dimension: 2, posterior: 0.9 });
    expect(performance.now() - start).toBeLessThan(1000);
    expect(scale).toBeGreaterThan(1e11);
  });
});

describe("marginUpperBound", () => {
  it.each([
    [3, 1.5],
    [4, 1],
    [8, 0.2929],
    [10, 0.191],
    [16, 0.0761],
    [100, 0.002],
  ])("%i identities on the circle: %f", (identities, expected) => {
    const bound = marginUpperBound({ identities, dimension: 2 });
    expect(Math.round(bound.value * 1e4) / 1e4).toBe(expected);
    expect(bound.value).toBeCloseTo(1 - Math.cos((2 * Math.PI) / identities), 12);
    expect(bound.tight).toBe(true);
  });

  it.each([
    [2, 2, 2, "simplex-exact", true],
    [513, 512, 513 / 512, "simplex-exact", true],
    [514, 512, 1, "rankin-exact", true],
    [1024, 512, 1, "rankin-exact", true],
    [12, 3, 1 - 1 / Math.sqrt(5), "known-code-exact", true],
    [240, 8, 0.5, "known-code-exact", true],
  ] as const)("%i identities in %i dimensions: %f (%s)", (identities, dimension, value, kind, tight) => {
    const bound = marginUpperBound({ identities, dimension });
    expect(bound.value).toBeCloseTo(value, 12);
    expect(bound).toMatchObject({ kind, tight });
  });

  it("falls as identities are added, and rises with the dimension", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 100_000 }), fc.integer({ min: 2, max: 600 }), (identities, dimension) => {
        const { value } = marginUpperBound({ identities, dimension });
        expect(marginUpperBound({ identities: identities + 1, dimension }).value).toBeLessThanOrEqual(value + 1e-9);
        expect(marginUpperBound({ identities, dimension: dimension + 1 }).value).toBeGreaterThanOrEqual(value - 1e-9);
        expect(value).toBeGreaterThan(0);
      }),
    );
  });
});

describe("adaCosScale", () => {
  it.each([
    [100, 6.5],
    [1_000, 9.8],
    [10_575, 13.1],
    [90_000, 16.1],
  ])("%i identities: %f", (identities, expected) => {
    expect(Math.round(adaCosScale(identities) * 10) / 10).toBe(expected);
  });
});
