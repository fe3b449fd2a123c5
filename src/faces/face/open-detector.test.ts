import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ModelError, OptionError } from "../../base/core/index.ts";
import type { RgbImage } from "../../base/image/index.ts";
import { add, constant, input, mul, reduceSum, type Value } from "../../compiler/graph/index.ts";
import { writeOnnx } from "../../compiler/onnx/index.ts";
import { openDetector } from "./open-detector.ts";

const folder = mkdtempSync(join(tmpdir(), "cosface-detector-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SIDE = 64;
const picture: RgbImage = { width: SIDE, height: SIDE, data: new Uint8Array(3 * SIDE * SIDE) };
/** Offsets of five points, in cells. */
const POINTS = [0, 0, 1, 0, 0.5, 0.5, 0, 1, 1, 1];

/** A file that gives the same numbers for every picture: rows of zeros, but for one. */
function file(name: string, outputs: readonly { name: string; rows: number; at?: number; values: number[] }[]): string {
  const zero = mul(reduceSum(input("input", "f32", [1, 3, SIDE, SIDE])), 0);
  const values = outputs.map(({ name, rows, at, values }): [string, Value] => {
    const data = new Float32Array(rows * values.length);
    if (at !== undefined) data.set(values, at * values.length);
    return [name, add(constant(data, [rows, values.length]), zero)];
  });
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, writeOnnx({ name, outputs: Object.fromEntries(values) }));
  return path;
}

/** Cells of each size on the picture. */
const levels = [8, 16, 32].map((stride) => ({ stride, cells: (SIDE / stride) ** 2 }));
/** The cell of 16 pixels in row 1, column 2. */
const AT = 6;
const only = (stride: number, at: number) => (stride === 16 ? { at } : {});

const yunetFile = () =>
  file(
    "yunet",
    levels.flatMap(({ stride, cells: rows }) => [
      { name: `cls_${stride}`, rows, values: [0.81], ...only(stride, AT) },
      { name: `obj_${stride}`, rows, values: [1.0001], ...only(stride, AT) },
      { name: `bbox_${stride}`, rows, values: [0.25, 0.5, 0, Math.log(2)], ...only(stride, AT) },
      { name: `kps_${stride}`, rows, values: POINTS, ...only(stride, AT) },
    ]),
  );

const scrfdFile = (kinds: readonly number[][] = [[0.9], [1, 0.5, 1, 1.5], POINTS]) =>
  file(
    `scrfd-${kinds.length}`,
    kinds.flatMap((values, kind) =>
      // The second of two anchors.
      levels.map(({ stride, cells }) => ({
        name: `output${kind}_${stride}`,
        rows: 2 * cells,
        values,
        ...only(stride, 2 * AT + 1),
      })),
    ),
  );

const landmarks = [
  [32, 16],
  [48, 16],
  [40, 24],
  [32, 32],
  [48, 32],
];

describe("openDetector", () => {
  it.each([
    // Middle (2 + 1/4, 1 + 1/2) · 16, size 16 × 32.
    ["YuNet", yunetFile, { x: 28, y: 8, width: 16, height: 32 }],
    // From the corner (2, 1) · 16: 16 left, 8 up, 16 right, 24 down.
    ["SCRFD", scrfdFile, { x: 16, y: 8, width: 32, height: 32 }],
  ])("knows a file of %s by its outputs, and reads the place of a face", async (name, make, box) => {
    const path = make();
    const detector = await openDetector(path, { threads: 1 });
    expect(detector.name).toBe(`${name} (${path})`);
    const [face, ...others] = await detector.detect(picture);
    expect(others).toEqual([]);
    expect(face!.score).toBeCloseTo(0.9, 6);
    for (const side of ["x", "y", "width", "height"] as const) expect(face!.box[side]).toBeCloseTo(box[side], 4);
    expect(face!.landmarks).toEqual(landmarks);
    await detector.close();
  });

  it("gives no face below the score that is asked for", async () => {
    const detector = await openDetector(yunetFile(), { threads: 1, minimumScore: 0.91 });
    expect(await detector.detect(picture)).toEqual([]);
    await detector.close();
  });

  it.each([
    ["a file that is not there", () => join(folder, "none.onnx"), ModelError, /cannot read '.*none.onnx': ENOENT/],
    ["a file without landmarks", () => scrfdFile([[0.9], [1, 0.5, 1, 1.5]]), ModelError, /gives no landmarks/],
    [
      "another network",
      () => file("other", [{ name: "y", rows: 1, values: [1] }]),
      ModelError,
      /outputs y \[1,1\], expected/,
    ],
  ])("refuses %s", async (_, path, type, message) => {
    await expect(openDetector(path())).rejects.toThrow(type);
    await expect(openDetector(path())).rejects.toThrow(message);
  });

  it("refuses a score that is none", async () => {
    await expect(openDetector("x.onnx", { minimumScore: 2 })).rejects.toThrow(OptionError);
  });
});
