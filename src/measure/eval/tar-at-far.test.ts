import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import type { PairScores } from "./pair-scores.ts";
import { arbitraryScores, mapScores, pairScores } from "./sample-scores.ts";
import { tarAtFar, tarAtFars } from "./tar-at-far.ts";

const hand = pairScores([0.9, 0.8, 0.7, 0.55, 0.4, 0.3], [0.6, 0.5, 0.45, 0.2, 0.1, 0.05, -0.1, -0.2]);

/** Word for word: of all thresholds, as good as each score and right above it, those that accept at most `far`. */
function slowTar({ genuine, impostor }: PairScores, far: number): number {
  const share = (kind: Float32Array, threshold: number) => kind.filter((s) => s >= threshold).length / kind.length;
  const thresholds = [...genuine, ...impostor].flatMap((score) => [score, score + 1e-6]);
  const allowed = thresholds.filter((threshold) => share(impostor, threshold) <= far);
  return share(genuine, Math.min(...allowed));
}

describe("tarAtFar", () => {
  it("gives the counts of a case worked by hand", () => {
    // One of eight impostors may pass: 0.6. The next, 0.5, must not.
    const point = tarAtFar(hand, 0.125);
    expect(point).toMatchObject({ far: 0.125, tar: 4 / 6, trueAcceptCount: 4, genuineCount: 6 });
    expect(point).toMatchObject({ falseAcceptCount: 1, impostorCount: 8 });
    expect(point.threshold).toBeGreaterThan(0.5);
    expect(point.threshold).toBeLessThan(0.5 + 1e-7);
    expect(point.tarInterval.low).toBeLessThan(4 / 6);
    expect(point.tarInterval.high).toBeGreaterThan(4 / 6);
  });

  it("rejects a tie at the limit as a whole, and accepts genuine pairs only above it", () => {
    const point = tarAtFar(pairScores([0.5, 0.5, 0.75], [0.5, 0.5, 0.5, 0]), 0.5);
    expect(point).toMatchObject({ tar: 1 / 3, falseAcceptCount: 0 });
  });

  it("accepts all at a FAR of 1, with the lowest score as threshold", () => {
    expect(tarAtFar(hand, 1)).toMatchObject({ tar: 1, falseAcceptCount: 8, threshold: Math.fround(-0.2) });
    expect(tarAtFar(pairScores([-0.5], [0]), 1)).toMatchObject({ tar: 1, threshold: -0.5 });
  });

  it("allows as many as the rate says, where the product is rounded to either side", () => {
    const impostor = Array.from({ length: 100 }, (_, i) => i / 128);
    for (let count = 1; count <= 100; count++) {
      expect(tarAtFar(pairScores([0], impostor), count / 100).falseAcceptCount).toBe(count);
    }
  });

  it("follows its definition word for word, with a threshold that does what the counts say", () => {
    fc.assert(
      fc.property(arbitraryScores, fc.integer({ min: 1, max: 20 }), (scores, count) => {
        const far = Math.min(1, count / scores.impostor.length);
        const point = tarAtFar(scores, far);
        expect(point.tar).toBe(slowTar(scores, far));
        expect(scores.genuine.filter((s) => s >= point.threshold)).toHaveLength(point.trueAcceptCount);
        expect(scores.impostor.filter((s) => s >= point.threshold)).toHaveLength(point.falseAcceptCount);
        expect(point.falseAcceptCount / scores.impostor.length).toBeLessThanOrEqual(far);
      }),
    );
  });

  it("has the lowest threshold there is: the next lower f32 accepts too many", () => {
    for (const scores of [
      hand,
      mapScores(hand, (s) => -s),
      pairScores([0.5], [0, 0, 0.25]),
      pairScores([0], [-0, 0.5]),
    ]) {
      const { threshold } = tarAtFar(scores, 1 / scores.impostor.length);
      const limit = scores.impostor.toSorted().at(-2)!;
      expect(limit).toBeLessThan(threshold);
      expect([limit, threshold]).toContain(Math.fround((limit + threshold) / 2));
    }
  });

  it("refuses a rate that the impostor pairs cannot show, and numbers that are not rates", () => {
    expect(() => tarAtFar(hand, 0.1)).toThrow(OptionError);
    expect(() => tarAtFar(hand, 0.1)).toThrow(
      "insufficient data: 8 impostor pairs cannot show a rate of 0.1, expected at least 10",
    );
    for (const far of [0, -1, 1.1, Number.NaN]) expect(() => tarAtFar(hand, far)).toThrow(OptionError);
    expect(() => tarAtFar(pairScores([], [0]), 1)).toThrow(OptionError);
  });

  it("warns below ten impostor pairs over the rate", () => {
    const scores = pairScores(
      [0.5],
      Array.from({ length: 3000 }, (_, i) => i / 4096),
    );
    expect(tarAtFar(scores, 1 / 100)).not.toHaveProperty("warning");
    expect(tarAtFar(scores, 1 / 300)).not.toHaveProperty("warning");
    expect(tarAtFar(scores, 0.001).warning).toBe(
      "uncertain: 3000 impostor pairs for a rate of 0.001, expected at least 10000",
    );
  });
});

describe("tarAtFars", () => {
  it("gives a reason instead of a rate that it cannot measure", () => {
    const [one, refused] = tarAtFars(hand, [0.125, 0.001]);
    expect(one).toEqual(tarAtFar(hand, 0.125));
    expect(refused).toEqual({
      far: 0.001,
      tar: null,
      threshold: null,
      impostorCount: 8,
      reason: "insufficient data: 8 impostor pairs cannot show a rate of 0.001, expected at least 1000",
    });
  });
});
