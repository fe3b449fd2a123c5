import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { circleClouds } from "./circle-clouds.ts";

/** 2-D embeddings at these degrees, of different lengths. */
function at(degrees: readonly number[]): Float32Array {
  return Float32Array.from(
    degrees.flatMap((angle, i) => {
      const radians = (angle * Math.PI) / 180;
      return [(1 + i) * Math.cos(radians), (1 + i) * Math.sin(radians)];
    }),
  );
}

describe("circleClouds", () => {
  it("worked by hand: three clouds, one across 0°, one overlap", () => {
    const embeddings = at([350, 0, 10, 100, 120, 5, 105]);
    const { clouds, meanGap } = circleClouds({ embeddings, labels: [7, 7, 7, 2, 2, 4, 4], coverage: 1 });
    expect(clouds.map(({ label }) => label).sort()).toEqual([2, 4, 7]);
    const cloud = (label: number) => clouds.find((one) => one.label === label)!;
    expect(cloud(2).direction).toBeCloseTo(110, 4);
    expect(cloud(4).direction).toBeCloseTo(55, 4);
    expect([cloud(7).before, cloud(7).after]).toEqual([expect.closeTo(10, 4), expect.closeTo(10, 4)]);
    expect(cloud(4).gapToNext).toBeCloseTo(100 - 105, 4);
    expect(cloud(7).gapToNext).toBeCloseTo(5 - 10, 4);
    expect(cloud(2).gapToNext).toBeCloseTo(350 - 120, 4);
    // 360° less the widths of 20°, 20° and 100°, over three.
    expect(meanGap).toBeCloseTo((360 - 140) / 3, 4);
  });

  it("leaves out as much at each end as `coverage` says", () => {
    const degrees = Array.from({ length: 21 }, (_, i) => 90 + i - 10);
    const embeddings = at([...degrees, 270, 270]);
    const labels = [...degrees.map(() => 0), 1, 1];
    const [cloud] = circleClouds({ embeddings, labels, coverage: 0.9 }).clouds;
    expect(cloud?.before).toBeCloseTo(9, 4);
    expect(cloud?.after).toBeCloseTo(9, 4);
  });

  it("refuses a single identity, and samples that cancel out", () => {
    expect(() => circleClouds({ embeddings: at([0, 1]), labels: [0, 0] })).toThrow(OptionError);
    expect(() => circleClouds({ embeddings: Float32Array.from([1, 0, -1, 0, 0, 1]), labels: [0, 0, 1] })).toThrow(
      /cancel/,
    );
  });
});
