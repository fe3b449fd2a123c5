import { describe, expect, it } from "vitest";
import { probit } from "./probit.ts";
import { studentQuantile } from "./student-quantile.ts";

describe("studentQuantile", () => {
  it("agrees with the closed forms for 1 and 2 degrees of freedom", () => {
    for (const p of [0.02, 0.3, 0.5, 0.8, 0.975]) {
      expect(studentQuantile(p, 1)).toBeCloseTo(Math.tan(Math.PI * (p - 0.5)), 9);
      expect(studentQuantile(p, 2)).toBeCloseTo((2 * p - 1) / Math.sqrt(2 * p * (1 - p)), 9);
    }
  });

  it("agrees with a table: t(0.975; 10) = 2.228", () => {
    expect(studentQuantile(0.975, 10)).toBeCloseTo(2.2281, 4);
    expect(studentQuantile(0.025, 10)).toBeCloseTo(-2.2281, 4);
  });

  it("approaches the normal distribution", () => {
    expect(studentQuantile(0.975, 1e6)).toBeCloseTo(probit(0.975), 4);
  });

  it("refuses probabilities and degrees of freedom out of range", () => {
    expect(() => studentQuantile(1, 3)).toThrow("probability");
    expect(() => studentQuantile(0.9, 0)).toThrow("degrees of freedom");
  });
});
