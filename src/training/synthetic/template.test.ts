import { describe, expect, it } from "vitest";
import { landmarkTemplate } from "../../base/image/index.ts";

describe("landmarkTemplate", () => {
  it("is InsightFace's at 112 × 112, and 8 pixels further left at width 96", () => {
    expect(landmarkTemplate(112, 112)[0]).toEqual([38.2946, 51.6963]);
    expect(landmarkTemplate(96, 112)[4].map((value) => Number(value.toFixed(4)))).toEqual([62.7299, 92.2041]);
  });

  it("scales with the height", () => {
    const small = landmarkTemplate(48, 56);
    for (const [i, [x, y]] of landmarkTemplate(96, 112).entries()) {
      expect(small[i]![0]).toBeCloseTo(x / 2, 10);
      expect(small[i]![1]).toBeCloseTo(y / 2, 10);
    }
  });
});
