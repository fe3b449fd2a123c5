import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  balancedErrors,
  type Differential,
  type DifferentialName,
  differentials,
  giniCoefficient,
} from "./differentials.ts";

const rates = { fmr: [0.001, 0.004, 0.002], fnmr: [0.02, 0.02, 0.05] };
const all = Object.entries(differentials) as [DifferentialName, Differential][];

describe("differentials", () => {
  it("give a case worked by hand", () => {
    const of = (name: DifferentialName) => differentials[name].of(rates);
    expect(of("fmrMaxMin")).toBeCloseTo(4, 12);
    // The geometric mean of 1, 4 and 2 thousandths is 2 thousandths.
    expect(of("fmrMaxGeoMean")).toBeCloseTo(2, 12);
    expect(of("fnmrMaxMin")).toBeCloseTo(2.5, 12);
    expect(of("fnmrMaxGeoMean")).toBeCloseTo(0.05 / 0.00002 ** (1 / 3), 12);
    expect(of("fdr")).toBeCloseTo(1 - (0.5 * 0.003 + 0.5 * 0.03), 12);
    expect(of("ir")).toBeCloseTo(Math.sqrt(4 * 2.5), 12);
    // Σ|x_i − x_j| over ordered pairs: 2 (3 + 1 + 2) thousandths, mean 7/3; and 2 (0 + 3 + 3) hundredths, mean 3.
    const gini = { fmr: (3 / 2) * (12 / (2 * 9 * (7 / 3))), fnmr: (3 / 2) * (12 / (2 * 9 * 3)) };
    expect(of("garbe")).toBeCloseTo((gini.fmr + gini.fnmr) / 2, 12);
    // Accuracies 98.95 %, 98.8 % and 97.4 %.
    for (const [group, error] of [0.0105, 0.012, 0.026].entries()) {
      expect(balancedErrors(rates)[group]).toBeCloseTo(error, 12);
    }
    expect(of("ser")).toBeCloseTo(2.6 / 1.05, 12);
    const center = 0.0485 / 3;
    const squares = [0.0105, 0.012, 0.026].map((error) => (error - center) ** 2);
    expect(of("accuracyDeviation")).toBeCloseTo(Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / 3), 12);
  });

  it.each(all)("%s says what equal groups give, whatever their order, and stays in its range", (_, differential) => {
    const { of, equal, range } = differential;
    expect(of({ fmr: [0.01, 0.01, 0.01], fnmr: [0.2, 0.2, 0.2] })).toBeCloseTo(equal, 12);
    const rate = fc.double({ min: 1e-6, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(rate, rate), { minLength: 2, maxLength: 5 }), (groups) => {
        const [fmr, fnmr] = [groups.map(([first]) => first), groups.map(([, second]) => second)];
        const value = of({ fmr, fnmr });
        expect(value).toBeGreaterThanOrEqual(range[0] - 1e-9);
        expect(value).toBeLessThanOrEqual(range[1] + 1e-9);
        expect(of({ fmr: fmr.toReversed(), fnmr: fnmr.toReversed() })).toBeCloseTo(value, 9);
      }),
    );
  });

  it("are infinite or not a number where a group has no error", () => {
    expect(differentials.fmrMaxMin.of({ fmr: [0, 0.1], fnmr: [0.1, 0.1] })).toBe(Number.POSITIVE_INFINITY);
    expect(differentials.fmrMaxMin.of({ fmr: [0, 0], fnmr: [0.1, 0.1] })).toBeNaN();
    expect(differentials.fdr.of({ fmr: [0, 0], fnmr: [0, 0] })).toBe(1);
    expect(differentials.garbe.of({ fmr: [0, 0], fnmr: [0, 0.1] })).toBeCloseTo(0.5, 12);
  });
});

describe("giniCoefficient", () => {
  it("is 0 for equal values, and 1 where one has everything, whatever their number", () => {
    for (const count of [2, 3, 7]) {
      const values = new Array<number>(count).fill(0);
      expect(giniCoefficient(values)).toBe(0);
      expect(giniCoefficient(values.map(() => 0.3))).toBeCloseTo(0, 12);
      expect(giniCoefficient([0.3, ...values.slice(1)])).toBeCloseTo(1, 12);
    }
  });

  it("refuses a single value", () => {
    expect(() => giniCoefficient([0.1])).toThrow("got 1 values, expected at least two");
  });
});
