import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { cosineSchedule, polynomialSchedule, stepSchedule } from "./schedule.ts";

const makers = { step: stepSchedule, polynomial: polynomialSchedule, cosine: cosineSchedule };

describe("stepSchedule", () => {
  it("drops tenfold at iterations 16, 24 and 28 of 30, as the paper's thousands do", () => {
    const schedule = stepSchedule({ learningRate: 0.1, iterations: 30 });
    const rates = [0, 15, 16, 23, 24, 27, 28, 29].map(schedule);
    const expected = [0.1, 0.1, 0.01, 0.01, 1e-3, 1e-3, 1e-4, 1e-4];
    for (const [i, rate] of rates.entries()) expect(rate / expected[i]!).toBeCloseTo(1, 12);
  });

  it("takes other milestones and another factor", () => {
    const schedule = stepSchedule({ learningRate: 1, iterations: 10, milestones: [0.5, 0.9], factor: 2 });
    expect([4, 5, 8, 9, 50].map(schedule)).toEqual([1, 0.5, 0.5, 0.25, 0.25]);
    const constant = stepSchedule({ learningRate: 1, iterations: 10, milestones: [] });
    expect([0, 9].map(constant)).toEqual([1, 1]);
  });

  it.each([[[0.5, 0.5]], [[0.9, 0.5]], [[0]], [[1]], [[Number.NaN]]])("refuses the milestones %o", (milestones) => {
    expect(() => stepSchedule({ learningRate: 1, iterations: 10, milestones })).toThrow(OptionError);
  });

  it("refuses a factor that is not positive", () => {
    expect(() => stepSchedule({ learningRate: 1, iterations: 10, factor: 0 })).toThrow(/factor: got/);
  });
});

describe("cosineSchedule", () => {
  it("starts at the top, passes the middle at half, and ends at 0 and stays there", () => {
    const schedule = cosineSchedule({ learningRate: 0.2, iterations: 100 });
    expect(schedule(0)).toBe(0.2);
    expect(schedule(50)).toBeCloseTo(0.1, 12);
    expect(schedule(99)).toBeGreaterThan(0);
    expect(schedule(100)).toBe(0);
    expect(schedule(1000)).toBe(0);
  });
});

describe("polynomialSchedule", () => {
  it("falls as (1 − progress)^power to 0", () => {
    expect(polynomialSchedule({ learningRate: 1, iterations: 4 })(1)).toBeCloseTo(0.5625, 12);
    expect(polynomialSchedule({ learningRate: 1, iterations: 4, power: 1 })(1)).toBeCloseTo(0.75, 12);
    expect(polynomialSchedule({ learningRate: 1, iterations: 4 })(4)).toBe(0);
  });

  it("refuses a power that is not positive", () => {
    expect(() => polynomialSchedule({ learningRate: 1, iterations: 4, power: -1 })).toThrow(/power: got/);
  });
});

describe.each(Object.entries(makers))("%s", (_, maker) => {
  it("warms up in equal steps that reach the top with the last of them", () => {
    const schedule = maker({ learningRate: 0.4, iterations: 100, warmUp: 4 });
    for (const [i, expected] of [0.1, 0.2, 0.3, 0.4, 0.4].entries()) expect(schedule(i)).toBeCloseTo(expected, 12);
  });

  it("never rises after the warm-up, stays in [0, top], and stays there past the end", () => {
    const sizes = fc.record({ iterations: fc.integer({ min: 1, max: 60 }), warmUp: fc.integer({ min: 0, max: 70 }) });
    fc.assert(
      fc.property(sizes, ({ iterations, warmUp }) => {
        const schedule = maker({ learningRate: 0.1, iterations, warmUp });
        for (let i = 0; i <= iterations + 5; i++) {
          expect(schedule(i)).toBeGreaterThanOrEqual(0);
          expect(schedule(i)).toBeLessThanOrEqual(0.1 + 1e-15); // rounding
          if (i > warmUp) expect(schedule(i)).toBeLessThanOrEqual(schedule(i - 1));
        }
      }),
    );
  });

  it("says what it takes", () => {
    const good = { learningRate: 0.1, iterations: 10 };
    for (const change of [{ learningRate: 0 }, { iterations: 0 }, { iterations: 1.5 }, { warmUp: -1 }]) {
      expect(() => maker({ ...good, ...change })).toThrow(OptionError);
    }
  });
});
