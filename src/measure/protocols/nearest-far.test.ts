import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { tarAtFars } from "../eval/index.ts";
import { tarAtNearestFars } from "./nearest-far.ts";

const scoresOf = (genuine: readonly number[], impostor: readonly number[]) => ({
  genuine: Float32Array.from(genuine),
  impostor: Float32Array.from(impostor),
});

describe("tarAtNearestFars", () => {
  it("takes the highest TAR of the points with the nearest FAR, worked by hand", () => {
    // From the top: G I I I G I. FAR 0, then 1/4, 2/4, 3/4 (twice), 1.
    const scores = scoresOf([9, 5], [8, 7, 6, 4]);
    const { all, corners } = tarAtNearestFars(scores, [0, 0.3, 0.5, 0.7, 1]);
    expect(all.map(({ far, tar }) => [far, tar])).toEqual([
      [0, 0.5],
      [0.25, 0.5],
      [0.5, 0.5],
      [0.75, 1],
      [1, 1],
    ]);
    // The points at 1/4 and 2/4 lie inside the run of three impostors, so that roc_curve drops them. 0.3 is nearer to
    // 0 than to 3/4.
    expect(corners.map(({ far, tar }) => [far, tar])).toEqual([
      [0, 0.5],
      [0, 0.5],
      [0.75, 1],
      [0.75, 1],
      [1, 1],
    ]);
    expect(all[0]).toEqual({ wanted: 0, far: 0, tar: 0.5, threshold: 9 });
  });

  it("keeps the first score among roc_curve's points, as scikit-learn 1.2 does", () => {
    // I I I G: the curve's start, 1/3 and 1 are kept, and 2/3 is dropped.
    const { corners } = tarAtNearestFars(scoresOf([1], [4, 3, 2]), [0.3, 0.7]);
    expect(corners.map(({ far, tar }) => [far, tar])).toEqual([
      [1 / 3, 0],
      [1, 1],
    ]);
  });

  it("takes the higher of two FARs that are equally near", () => {
    const { all } = tarAtNearestFars(scoresOf([3, 1], [2, 0]), [0.25, 0.75]);
    expect(all.map(({ far, tar }) => [far, tar])).toEqual([
      [0.5, 1],
      [1, 1],
    ]);
  });

  it("gives the point that accepts nothing without a threshold", () => {
    const { all } = tarAtNearestFars(scoresOf([1], [2, 2]), [0]);
    expect(all).toEqual([{ wanted: 0, far: 0, tar: 0, threshold: null }]);
  });

  it("is at least the strict TAR where its FAR is at least the strict one, and follows the definition", () => {
    const score = fc.integer({ min: 0, max: 12 });
    const list = fc.array(score, { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(list, list, fc.double({ min: 0, max: 1, noNaN: true }), (genuine, impostor, far) => {
        const scores = scoresOf(genuine, impostor);
        const [found] = tarAtNearestFars(scores, [far]).all;
        const points = [Number.POSITIVE_INFINITY, ...genuine, ...impostor].map((threshold) => ({
          far: impostor.filter((one) => one >= threshold).length / impostor.length,
          tar: genuine.filter((one) => one >= threshold).length / genuine.length,
        }));
        const least = Math.min(...points.map((point) => Math.abs(point.far - far)));
        const nearest = points.filter((point) => Math.abs(point.far - far) === least);
        const highest = Math.max(...nearest.map((point) => point.far));
        const tar = Math.max(...nearest.filter((point) => point.far === highest).map((point) => point.tar));
        expect(found).toMatchObject({ far: highest, tar });
        const [strict] = tarAtFars(scores, [far]);
        if (strict?.tar != null && highest >= strict.falseAcceptCount / impostor.length) {
          expect(tar).toBeGreaterThanOrEqual(strict.tar);
        }
      }),
    );
  });

  it("refuses scores of one kind alone, and NaN", () => {
    expect(() => tarAtNearestFars(scoresOf([], [1]), [0.1])).toThrow(OptionError);
    expect(() => tarAtNearestFars(scoresOf([1], []), [0.1])).toThrow("got 1 genuine and 0 impostor scores");
    expect(() => tarAtNearestFars(scoresOf([1], [Number.NaN]), [0.1])).toThrow("a score is NaN");
  });
});
