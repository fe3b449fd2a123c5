import { describe, expect, it } from "vitest";
import { bucketMeans, finitePoints, movingMean, type Point, visiblePoints } from "./points.ts";

const line = (count: number, y: (x: number) => number) => Array.from({ length: count }, (_, x): Point => [x, y(x)]);

describe("finitePoints", () => {
  it("leaves out what cannot be drawn", () => {
    const points: Point[] = [
      [0, Number.NaN],
      [1, 2],
      [Number.POSITIVE_INFINITY, 3],
    ];
    expect(finitePoints(points)).toEqual([[1, 2]]);
  });
});

describe("bucketMeans", () => {
  it("keeps points that are few enough", () => {
    const points = line(3, (x) => x);
    expect(bucketMeans(points, 3)).toEqual(points);
  });

  it("averages stretches of consecutive points", () => {
    expect(
      bucketMeans(
        [
          [0, 1],
          [1, 3],
          [2, 10],
          [3, 20],
        ],
        2,
      ),
    ).toEqual([
      [0.5, 2],
      [2.5, 15],
    ]);
  });

  it("counts every point once when the stretches are uneven", () => {
    const points = line(7, (x) => x * x);
    const means = bucketMeans(points, 3);
    const sizes = [2, 2, 3];
    const total = means.reduce((sum, [, y], index) => sum + y * (sizes[index] ?? 0), 0);
    expect(total).toBeCloseTo(0 + 1 + 4 + 9 + 16 + 25 + 36, 9);
  });
});

describe("movingMean", () => {
  it("leaves a straight line straight, up to its ends", () => {
    const points = line(20, (x) => 3 * x - 5);
    for (const [index, [x, y]] of movingMean(points, 4).entries()) {
      expect(x).toBe(index);
      expect(y).toBeCloseTo(3 * index - 5, 9);
    }
  });

  it("is the mean of a point and its neighbors", () => {
    expect(
      movingMean(
        [
          [0, 0],
          [1, 9],
          [2, 0],
          [3, 0],
        ],
        1,
      ),
    ).toEqual([
      [0, 0],
      [1, 3],
      [2, 3],
      [3, 0],
    ]);
  });
});

describe("visiblePoints", () => {
  it("keeps the ends, and of the rest what is a quarter of a pixel away", () => {
    const points = line(101, () => 0);
    const kept = visiblePoints(
      points,
      (x) => x / 10,
      (y) => y,
    );
    expect(kept[0]).toEqual([0, 0]);
    expect(kept.at(-1)).toEqual([100, 0]);
    expect(kept.map(([x]) => x).slice(0, 4)).toEqual([0, 3, 6, 9]);
  });
});
