import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { clopperPearsonInterval, effectiveInterval, wilsonInterval } from "./confidence.ts";
import { binomialTail, incompleteBeta, inverseBeta, logGamma } from "./incomplete-beta.ts";

/** scipy 1.17.1, scipy.stats.binomtest(k, n).proportion_ci(confidence, "wilson" and "exact"). */
const golden = [
  [0, 3000, 0.95, [0, 0.0012788487253259629], [0, 0.0012288708038255011]],
  [1, 3000, 0.95, [5.8843941871566355e-5, 0.001885818884304179], [8.439233712466628e-6, 0.0018557999941494615]],
  [3, 3000, 0.95, [0.00034014721903916404, 0.002936143808836147], [0.00020627153716408188, 0.0029196164652532967]],
  [5, 10, 0.95, [0.236593090512564, 0.7634069094874361], [0.1870860284474045, 0.8129139715525955]],
  [10, 10, 0.95, [0.7224672001371109, 1], [0.6915028921812371, 1]],
  [2987, 3000, 0.95, [0.9925997876540876, 0.9974657803095391], [0.9926012675467142, 0.9976907264065212]],
  [2987, 3000, 0.99, [0.9912990818733821, 0.9978466249638812], [0.9915187988881949, 0.9981379666017794]],
  [17, 1_000_000, 0.95, [1.0614492680504599e-5, 2.722682077434217e-5], [9.903156946190087e-6, 2.721850771130515e-5]],
] as const;

describe.each(golden)("%i of %i at %f", (successes, trials, confidence, wilson, exact) => {
  it("has Wilson's interval", () => {
    const { low, high } = wilsonInterval({ successes, trials }, confidence);
    expect(Math.abs(low - wilson[0])).toBeLessThanOrEqual(1e-12 * wilson[0]);
    expect(Math.abs(high - wilson[1])).toBeLessThanOrEqual(1e-12 * wilson[1]);
  });

  it("has Clopper and Pearson's interval", () => {
    const { low, high } = clopperPearsonInterval({ successes, trials }, confidence);
    // ln Γ of 1e6 is 1.3e7, which f64 holds to 2e-9, and the difference of three is a factor.
    expect(Math.abs(low - exact[0])).toBeLessThanOrEqual(1e-7 * exact[0]);
    expect(Math.abs(high - exact[1])).toBeLessThanOrEqual(1e-7 * exact[1]);
  });
});

describe.each([wilsonInterval, clopperPearsonInterval])("%o", (interval) => {
  it("holds the rate, mirrors with it, and narrows with lower confidence and more trials", () => {
    const counts = fc
      .nat({ max: 200 })
      .chain((trials) => fc.tuple(fc.nat({ max: trials + 1 }), fc.constant(trials + 1)));
    fc.assert(
      fc.property(counts, ([successes, trials]) => {
        const { low, high } = interval({ successes, trials });
        const opposite = interval({ successes: trials - successes, trials });
        const narrow = interval({ successes, trials }, 0.5);
        const more = interval({ successes: 4 * successes, trials: 4 * trials });
        expect(low).toBeLessThanOrEqual(successes / trials);
        expect(high).toBeGreaterThanOrEqual(successes / trials);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(opposite.high).toBeCloseTo(1 - low, 10);
        expect(narrow.high - narrow.low).toBeLessThan(high - low);
        expect(more.high - more.low).toBeLessThan(high - low);
      }),
    );
  });

  it("refuses counts that do not fit and confidences out of range", () => {
    for (const [successes, trials, confidence] of [
      [0, 0, 0.95],
      [4, 3, 0.95],
      [-1, 3, 0.95],
      [1, 3, 0],
      [1, 3, 1],
      [1, 3, Number.NaN],
    ] as const) {
      expect(() => interval({ successes, trials }, confidence)).toThrow(OptionError);
    }
  });
});

describe("incompleteBeta", () => {
  it("is the binomial tail, summed term by term", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.nat({ max: 31 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, k, p) => {
          let sum = 0;
          let choose = 1;
          for (let i = 0; i <= n; i++) {
            if (i >= k) sum += choose * p ** i * (1 - p) ** (n - i);
            choose = (choose * (n - i)) / (i + 1);
          }
          expect(binomialTail(k, n, p)).toBeCloseTo(sum, 11);
        },
      ),
    );
  });

  // scipy 1.17.1, scipy.stats.binom.sf(k - 1, n, p).
  it.each([
    [5, 3000, 0.001, 0.1846526627197524],
    [40, 3000, 0.01, 0.04541541005699614],
    [15_700, 15_700_000, 0.001, 0.501062895254897],
    [500, 1000, 0.5, 0.5126125090891802],
  ])("P(X ≥ %i) for X ~ Bin(%i, %f)", (k, n, p, expected) => {
    // ln Γ of 1e7 is 1.5e8, which f64 holds to 3e-8.
    expect(Math.abs(binomialTail(k, n, p) - expected)).toBeLessThan(1e-7);
  });

  it("is undone by its inverse", () => {
    const shape = fc.double({ min: 1, max: 500, noNaN: true });
    fc.assert(
      fc.property(shape, shape, fc.double({ min: 0.001, max: 0.999, noNaN: true }), (a, b, p) => {
        expect(incompleteBeta(inverseBeta(p, a, b), a, b)).toBeCloseTo(p, 9);
      }),
    );
  });
});

describe("logGamma", () => {
  it("is the logarithm of the factorial, and of √π at 1/2", () => {
    let logFactorial = 0;
    for (let n = 1; n < 60; n++) {
      expect(Math.abs(logGamma(n) - logFactorial)).toBeLessThan(1e-13 * Math.max(1, logFactorial));
      logFactorial += Math.log(n);
    }
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 13);
  });
});

describe("effectiveInterval", () => {
  it("is Clopper and Pearson's for whole counts, and lies between those of its neighbors for others", () => {
    expect(effectiveInterval(0.25, 40, 0.9)).toEqual(clopperPearsonInterval({ successes: 10, trials: 40 }, 0.9));
    expect(effectiveInterval(0, 9, 0.95)).toEqual(clopperPearsonInterval({ successes: 0, trials: 9 }));
    expect(effectiveInterval(1, 9, 0.95)).toEqual(clopperPearsonInterval({ successes: 9, trials: 9 }));
    const [fewer, between, more] = [40, 41.5, 44].map((count) => effectiveInterval(0.25, count, 0.9));
    expect(between!.high).toBeLessThan(fewer!.high);
    expect(between!.high).toBeGreaterThan(more!.high);
  });
});
