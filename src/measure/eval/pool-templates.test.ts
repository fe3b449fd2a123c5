import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import type { Embeddings } from "./embeddings.ts";
import { poolTemplates } from "./pool-templates.ts";

function rows(...values: number[][]): Embeddings {
  return { count: values.length, size: values[0]!.length, data: Float32Array.from(values.flat()) };
}

describe("poolTemplates", () => {
  it("takes the mean of a template's images, of length 1", () => {
    const pooled = poolTemplates(rows([3, 0], [0, 2], [0, 4], [0, -5]), [0, 1, 0, 1]);
    expect(pooled).toEqual(rows([0.6, 0.8], [0, -1]));
  });

  it("counts media alike, however many images they have", () => {
    // Medium 8 is a video of three frames with the mean (0, 4), medium 9 a still; medium 8 of template 1 is another.
    const images = rows([0, 2], [3, 0], [0, 4], [0, 6], [1, 0]);
    const pooled = poolTemplates(images, [0, 0, 0, 0, 1], [8, 9, 8, 8, 8]);
    expect(pooled).toEqual(rows([0.6, 0.8], [1, 0]));
    expect(poolTemplates(images, [0, 0, 0, 0, 1]).data[1]).toBeCloseTo(12 / Math.hypot(3, 12), 6);
  });

  it("leaves a template whose images cancel at zero", () => {
    expect(poolTemplates(rows([1, 2], [-1, -2]), [0, 0])).toEqual(rows([0, 0]));
  });

  it("refuses gaps, counts that differ and numbers that are not finite", () => {
    const images = rows([1, 2], [3, 4], [5, 6]);
    expect(() => poolTemplates(images, [0, 2, 2])).toThrow("template 1 has no image");
    expect(() => poolTemplates(images, [0, 1, 3])).toThrow("got template 3 with 3 images");
    expect(() => poolTemplates(images, [0, 0.5, 1])).toThrow(OptionError);
    expect(() => poolTemplates(images, [0, 0])).toThrow("got 2 templates, expected one for each of 3 images");
    expect(() => poolTemplates(images, [0, 0, 0], [1])).toThrow("got 1 media, expected one for each of 3 images");
    expect(() => poolTemplates(rows([1], [Number.NaN]), [0, 0])).toThrow("row 1 contains NaN or an infinite number");
  });
});
