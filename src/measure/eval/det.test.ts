import { describe, expect, it } from "vitest";
import { detCurve } from "./det.ts";
import { probit } from "./probit.ts";
import { normalScores, pairScores } from "./sample-scores.ts";

describe("detCurve", () => {
  it("leaves out the points that its axes cannot show", () => {
    const curve = detCurve(pairScores([0.75, 0.5, 0.25, 0.25], [0.5, 0.25, 0.125, 0]));
    // 0.75: FAR 0. 0.5: FAR 1/4, FRR 1/2. 0.25 and below: FRR 0.
    expect([...curve.thresholds]).toEqual([0.5]);
    expect([...curve.fars, ...curve.frrs]).toEqual([0.25, 0.5]);
    expect([...curve.farProbits, ...curve.frrProbits]).toEqual([probit(0.25), 0]);
  });

  it("has no point when the kinds do not overlap", () => {
    expect(detCurve(pairScores([0.75, 0.5], [0.25, 0])).thresholds).toHaveLength(0);
  });

  it("is the line x + y = −d′ for two normal distributions of equal spread", () => {
    const { fars, frrs, farProbits, frrProbits } = detCurve(normalScores(2, 20_000, 2));
    expect(fars.length).toBeGreaterThan(10_000);
    farProbits.forEach((x, i) => {
      // Near the ends of the axes a few scores decide the position.
      if (Math.min(fars[i]!, frrs[i]!) > 0.01) expect(Math.abs(x + frrProbits[i]! + 2)).toBeLessThan(0.1);
    });
  });
});
