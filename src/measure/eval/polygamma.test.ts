import { describe, expect, it } from "vitest";
import { logGamma } from "./incomplete-beta.ts";
import { digamma, logRate, trigamma } from "./polygamma.ts";

/** Euler's constant γ. */
const GAMMA = 0.5772156649015329;

describe("digamma and trigamma", () => {
  it("have their closed forms at 1/2, 1 and 2", () => {
    expect(digamma(1)).toBeCloseTo(-GAMMA, 13);
    expect(digamma(2)).toBeCloseTo(1 - GAMMA, 13);
    expect(digamma(0.5)).toBeCloseTo(-GAMMA - 2 * Math.log(2), 13);
    expect(trigamma(1)).toBeCloseTo(Math.PI ** 2 / 6, 13);
    expect(trigamma(0.5)).toBeCloseTo(Math.PI ** 2 / 2, 13);
  });

  it.each([0.01, 0.5, 3, 11.9, 12.1, 1e5])("obey the recurrence and are derivatives at %d", (x) => {
    expect(digamma(x + 1) - digamma(x)).toBeCloseTo(1 / x, 11);
    expect(trigamma(x) - trigamma(x + 1)).toBeCloseTo(1 / (x * x), 8);
    const h = 1e-4 * x;
    expect((logGamma(x + h) - logGamma(x - h)) / (2 * h) / digamma(x)).toBeCloseTo(1, 5);
    expect((digamma(x + h) - digamma(x - h)) / (2 * h) / trigamma(x)).toBeCloseTo(1, 5);
  });
});

describe("logRate", () => {
  it("tends to the logarithm of the rate and 1/k as accepts grow, and is finite without any", () => {
    const { mean, variance } = logRate(0.001, 1e7);
    expect(mean).toBeCloseTo(Math.log(0.001), 6);
    expect(variance).toBeCloseTo(1e-4, 6);
    const none = logRate(0, 1000);
    expect(none.mean).toBeCloseTo(digamma(0.5) - Math.log(1000.5), 6);
    expect(none.variance).toBeCloseTo(Math.PI ** 2 / 2, 2);
  });
});
