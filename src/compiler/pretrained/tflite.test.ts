import { describe, expect, it } from "vitest";
import { ModelError } from "../../base/core/index.ts";
import { input } from "../graph/index.ts";
import { loadMediapipe } from "./mediapipe.ts";
import { fromHalf, readTflite } from "./tflite.ts";

describe("fromHalf", () => {
  it.each([
    [0x0000, 0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0x0001, 2 ** -24],
    [0x83ff, -(2 ** -14) * (1023 / 1024)],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
  ])("of %i is %d", (bits, value) => {
    expect(fromHalf(bits)).toBe(value);
  });

  it("of a NaN is NaN", () => {
    expect(fromHalf(0x7e00)).toBeNaN();
  });
});

describe("readTflite", () => {
  it.each([
    [
      "face_detection_short_range",
      128,
      [
        ["batch", 896, 16],
        ["batch", 896, 1],
      ],
    ],
    [
      "face_landmark",
      192,
      [
        ["batch", 1404, 1, 1],
        ["batch", 1, 1, 1],
      ],
    ],
  ] as const)("builds %s", async (name, side, shapes) => {
    const network = await loadMediapipe(name);
    expect(network.inputSize).toEqual([side, side]);
    const outputs = network.build(input("x", "f32", ["batch", 3, side, side]));
    expect(outputs.map(({ shape }) => shape)).toEqual(shapes);
  });

  it("refuses other files", () => {
    const call = () => readTflite(new TextEncoder().encode("no such network"));
    expect(call).toThrow(ModelError);
    expect(call).toThrow("got a file marked 'uch ', expected 'TFL3'");
  });
});
