import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { positionOf, scoreRange, ticksOf } from "./score-range.ts";

const cosine = fc.double({ min: -1, max: 1, noNaN: true });

describe("the scale of scores", () => {
  it("shows score and threshold well apart where they are close", () => {
    const range = scoreRange([0.35, 0.33, 0.31]);
    expect(range).toEqual({ low: 0.28, high: 0.38, step: 0.02 });
    expect(positionOf(0.35, range) - positionOf(0.33, range)).toBeCloseTo(0.2, 5);
    expect(ticksOf(range)).toEqual([0.28, 0.3, 0.32, 0.34, 0.36, 0.38]);
  });

  it("holds all scores, with two to eight ticks inside of its ends, whatever they are", () => {
    fc.assert(
      fc.property(fc.array(cosine, { minLength: 1, maxLength: 6 }), (scores) => {
        const range = scoreRange(scores);
        expect(range.low).toBeLessThanOrEqual(Math.min(...scores));
        expect(range.high).toBeGreaterThanOrEqual(Math.max(...scores));
        const ticks = ticksOf(range);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(8);
        for (const tick of ticks) expect(tick).toBeLessThanOrEqual(range.high);
        for (const score of scores) expect(positionOf(score, range)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
