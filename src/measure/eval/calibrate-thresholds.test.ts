import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { type CalibratedThreshold, calibrateThresholds } from "./calibrate-thresholds.ts";
import { probit } from "./probit.ts";
import { normalScores } from "./sample-scores.ts";
import { tarAtFar } from "./tar-at-far.ts";

/** Calibration that is expected not to be refused. */
function calibrate(genuine: Float32Array, impostor: Float32Array, far: number, confidence = 0.95): CalibratedThreshold {
  const [point] = calibrateThresholds(genuine, impostor, [far], { confidence });
  if (point!.tar === null) throw new Error(point!.reason);
  return point!;
}

describe("calibrateThresholds", () => {
  const impostor = Float32Array.from({ length: 100 }, (_, i) => (100 - i) / 128);
  const genuine = Float32Array.of(0.5, 0.75, 1);

  it("finds tarAtFar's threshold, with intervals around it", () => {
    const point = calibrate(genuine, impostor, 0.1);
    expect(point).toMatchObject({ ...tarAtFar({ genuine, impostor }, 0.1), confidence: 0.95 });
    // Bin(100, 0.1): P(X < 5) = 0.0237 and P(X < 6) = 0.0576; P(X ≥ 17) = 0.0206 and P(X ≥ 16) = 0.0399.
    expect(point.thresholdInterval).toEqual({ low: impostor[16], high: impostor[4] });
    expect(point.farInterval.low).toBeCloseTo(0.049, 4);
    expect(point.farInterval.high).toBeCloseTo(0.1762, 4);
  });

  it("says when the threshold has no bound above or below", () => {
    // Bin(100, 0.01): no score exceeds the true threshold with probability 0.366. Bin(100, 0.99): the same for below.
    expect(calibrate(genuine, impostor, 0.01).thresholdInterval.high).toBe(Number.POSITIVE_INFINITY);
    expect(calibrate(genuine, impostor, 0.99).thresholdInterval.low).toBe(Number.NEGATIVE_INFINITY);
    expect(calibrate(genuine, impostor, 1)).toMatchObject({ tar: 1, threshold: impostor[99] });
  });

  it("covers the true threshold as often as it promises", () => {
    const [far, confidence, runs] = [0.05, 0.8, 300];
    let covered = 0;
    for (let seed = 0; seed < runs; seed++) {
      const scores = normalScores(seed, 400, 2);
      const { low, high } = calibrate(scores.genuine, scores.impostor, far, confidence).thresholdInterval;
      const truth = probit(1 - far);
      if (low <= truth && truth <= high) covered++;
    }
    // Binomial: at least 0.8, and little more at 400 scores; the standard error of 300 runs is 0.023.
    expect(covered / runs).toBeGreaterThan(0.75);
    expect(covered / runs).toBeLessThan(0.9);
  });

  it("narrows with more scores and lower confidence", () => {
    const width = (count: number, confidence: number) => {
      const scores = normalScores(5, count, 2);
      const { low, high } = calibrate(scores.genuine, scores.impostor, 0.05, confidence).thresholdInterval;
      return high - low;
    };
    expect(width(8000, 0.95)).toBeLessThan(width(500, 0.95));
    expect(width(500, 0.5)).toBeLessThan(width(500, 0.95));
  });

  it("refuses rates that the scores cannot show, and warns below ten over the rate", () => {
    const [supported, uncertain, refused] = calibrateThresholds(genuine, impostor, [0.1, 0.05, 0.001]);
    expect(supported).not.toHaveProperty("warning");
    expect(uncertain).toHaveProperty(
      "warning",
      "uncertain: 100 impostor pairs for a rate of 0.05, expected at least 200",
    );
    expect(refused).toMatchObject({ far: 0.001, threshold: null, tar: null, impostorCount: 100 });
    expect(refused).toHaveProperty("reason", expect.stringContaining("expected at least 1000"));
  });

  it("refuses missing kinds and confidences out of range", () => {
    expect(() => calibrateThresholds(genuine, new Float32Array(0), [0.1])).toThrow(OptionError);
    expect(() => calibrateThresholds(genuine, impostor, [0.1], { confidence: 95 })).toThrow(
      "got 95, expected a number in (0, 1)",
    );
  });
});
