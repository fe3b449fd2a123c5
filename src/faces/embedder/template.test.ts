import { describe, expect, it } from "vitest";
import { ModelError } from "../../base/core/index.ts";
import { defaultTemplate, formatTemplate, parseTemplate, templateLandmarks } from "./template.ts";

/** InsightFace `face_align.py`, estimate_norm: left eye at (38.2946, 51.6963) of 112. */
const rounded = (points: ReturnType<typeof templateLandmarks>) => points![0].map((value) => Number(value.toFixed(4)));

describe("templates", () => {
  it.each([
    [112, 112, "arcface", [38.2946, 51.6963]],
    [112, 96, "arcface", [30.2946, 51.6963]],
    [224, 224, "arcface", [76.5892, 103.3926]],
    [128, 128, "arcface-128", [46.2946, 51.6963]],
    [256, 256, "arcface-128", [92.5892, 103.3926]],
  ] as const)("for %i×%i are InsightFace's", (height, width, name, leftEye) => {
    expect(defaultTemplate([height, width])).toBe(name);
    expect(rounded(templateLandmarks(name, [height, width]))).toEqual(leftEye);
  });

  it("may be five points, or none", () => {
    const points = [
      [1, 2],
      [3, 2],
      [2, 3],
      [1, 4],
      [3, 4.5],
    ] as const;
    expect(templateLandmarks(points, [6, 6])).toBe(points);
    expect(templateLandmarks("none", [6, 6])).toBeUndefined();
    for (const template of [points, "none", "arcface"] as const) {
      expect(parseTemplate("file", formatTemplate(template))).toEqual(template);
    }
  });

  it.each(["arcface112", "[[1,2]]", [[1, 2]], "[[1,2],[1,2],[1,2],[1,2],[1,null]]", 7, null])("refuse %j", (value) => {
    expect(() => parseTemplate("m.json", value)).toThrow(ModelError);
    expect(() => parseTemplate("m.json", value)).toThrow("m.json: got template");
  });
});
