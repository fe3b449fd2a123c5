import fc from "fast-check";
import { expect, it } from "vitest";
import { normalProbability } from "./normal-probability.ts";
import { probit } from "./probit.ts";

it("is the inverse of probit", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (p) => {
      expect(normalProbability(probit(p))).toBeCloseTo(p, 13);
    }),
  );
});

it("is symmetric, one half in the middle, and 0 and 1 at the ends", () => {
  expect(normalProbability(0)).toBe(0.5);
  expect(normalProbability(1.3) + normalProbability(-1.3)).toBeCloseTo(1, 15);
  expect([-40, Number.NEGATIVE_INFINITY, 40].map(normalProbability)).toEqual([0, 0, 1]);
});
