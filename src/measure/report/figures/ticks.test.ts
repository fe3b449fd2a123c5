import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { roundTicks } from "./ticks.ts";

describe("roundTicks", () => {
  it.each([
    [0, 0.1, 4, [0, 0.025, 0.05, 0.075, 0.1]],
    [0.8, 1, 4, [0.8, 0.85, 0.9, 0.95, 1]],
    [-0.6, 0.85, 6, [-0.5, -0.25, 0, 0.25, 0.5, 0.75]],
    [6, 92, 6, [20, 40, 60, 80]],
  ])("between %d and %d, at most %d steps", (low, high, aim, ticks) => {
    expect(roundTicks(low, high, aim)).toEqual(ticks);
  });

  it("stays between the ends and keeps to the number of steps", () => {
    const end = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(end, fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (low, span) => {
        const ticks = roundTicks(low, low + span, 5);
        expect(ticks.length).toBeLessThanOrEqual(6);
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(low - span * 1e-6 - 1e-5);
          expect(tick).toBeLessThanOrEqual(low + span * (1 + 1e-6) + 1e-5);
        }
      }),
    );
  });
});
