import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { changeOnnx, declareShapes, reorderOutputs, toHalfPrecision } from "../../../test/support/onnx-files.ts";
import { ModelError, OptionError } from "../../base/core/index.ts";
import type { RgbImage } from "../../base/image/index.ts";
import { add, constant, input, mul, reduceSum, type Value } from "../../compiler/graph/index.ts";
import { writeOnnx } from "../../compiler/onnx/index.ts";
import { openDetector } from "./open-detector.ts";

const folder = mkdtempSync(join(tmpdir(), "cosface-detector-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SIDE = 64;
const image: RgbImage = { width: SIDE, height: SIDE, data: new Uint8Array(3 * SIDE * SIDE) };
/** Offsets of five points, in cells. */
const POINTS = [0, 0, 1, 0, 0.5, 0.5, 0, 1, 1, 1];

/** A file that gives the same numbers for every image: rows of zeros, but for one. */
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

/** Cells of each size on the image. */
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
    const [face, ...others] = await detector.detect(image);
    expect(others).toEqual([]);
    expect(face!.score).toBeCloseTo(0.9, 6);
    for (const side of ["x", "y", "width", "height"] as const) expect(face!.box[side]).toBeCloseTo(box[side], 4);
    expect(face!.landmarks).toEqual(landmarks);
    await detector.close();
  });

  it.each([
    ["YuNet", yunetFile, { x: 28, y: 8, width: 16, height: 32 }],
    ["SCRFD", scrfdFile, { x: 16, y: 8, width: 32, height: 32 }],
  ])("reads a file of %s whatever the order and the names of its outputs", async (name, make, box) => {
    const bytes = readFileSync(make());
    const orders: readonly ((names: readonly string[]) => readonly string[])[] = [
      // Strides 32, 16, 8; grouped by stride; by kind and stride; shuffled.
      (names) => names.toReversed(),
      (names) => names.toSorted((a, b) => Number(a.split("_")[1]) - Number(b.split("_")[1])),
      (names) => names.toSorted(),
      (names) => [...names.filter((_, i) => i % 2 === 0), ...names.filter((_, i) => i % 2 === 1)],
    ];
    for (const [i, order] of orders.entries()) {
      const path = join(folder, `${name}-${i}.onnx`);
      const named = changeOnnx(reorderOutputs(bytes, order), (graph) => {
        // Numbers for names, as PyTorch exports them.
        for (const [j, port] of graph.output.entries()) {
          const node = graph.node.find(({ output }) => output.includes(port.name))!;
          const renamed = String(440 + j);
          for (const other of graph.node) other.input = other.input.map((one) => (one === port.name ? renamed : one));
          node.output = node.output.map((one) => (one === port.name ? renamed : one));
          port.name = renamed;
        }
      });
      writeFileSync(path, named);
      const detector = await openDetector(path, { threads: 1 });
      expect(detector.name).toBe(`${name} (${path})`);
      const faces = await detector.detect(image);
      expect(faces).toHaveLength(1);
      for (const side of ["x", "y", "width", "height"] as const) expect(faces[0]!.box[side]).toBeCloseTo(box[side], 4);
      expect(faces[0]!.landmarks).toEqual(landmarks);
      await detector.close();
    }
  });

  it("reads a file that declares no sizes, and one of half precision", async () => {
    const bytes = readFileSync(scrfdFile());
    const open = declareShapes(
      bytes,
      Object.fromEntries(
        [0, 1, 2].flatMap((kind) => levels.map(({ stride }) => [`output${kind}_${stride}`, ["n", "m"]])),
      ),
    );
    for (const [i, changed] of [open, toHalfPrecision(bytes)].entries()) {
      const path = join(folder, `open-${i}.onnx`);
      writeFileSync(path, changed);
      const detector = await openDetector(path, { threads: 1 });
      const [face] = await detector.detect(image);
      expect(face!.score).toBeCloseTo(0.9, 3);
      expect(face!.box.x).toBeCloseTo(16, 4);
      await detector.close();
    }
  });

  it("reads YuNet's files of 2022", async () => {
    const [side, rows] = [128, 16 * 16 * 3 + 8 * 8 * 2 + 4 * 4 * 2 + 2 * 2 * 3];
    // The second anchor, of 48 pixels, of the cell of 16 pixels in row 3, column 2; numbers in tenths of the anchor.
    const row = 16 * 16 * 3 + 2 * (8 * 3 + 2) + 1;
    const points = [-2, -2, 2, -2, 0, 0, -2, 2, 2, 2];
    const zero = mul(reduceSum(input("input", "f32", [1, 3, side, side])), 0);
    const output = (numbers: readonly number[]) => {
      const data = new Float32Array(rows * numbers.length);
      data.set(numbers, row * numbers.length);
      return add(constant(data, [rows, numbers.length]), zero);
    };
    const path = join(folder, "yunet-2022.onnx");
    const outputs = {
      loc: output([1, 2, Math.log(2) * 10, 0, ...points]),
      conf: output([0.2, 0.81]),
      iou: output([1]),
    };
    writeFileSync(path, writeOnnx({ name: "yunet2022", outputs }));
    const detector = await openDetector(path, { threads: 1 });
    expect(detector.name).toBe(`YuNet 2022 (${path})`);
    const image = { width: side, height: side, data: new Uint8Array(3 * side * side) };
    const [face, ...others] = await detector.detect(image);
    expect(others).toEqual([]);
    // Middle of the cell (40, 56), moved by 0.1 and 0.2 of 48 pixels.
    const [x, y] = [40 + 4.8, 56 + 9.6];
    expect(face!.score).toBeCloseTo(0.9, 6);
    expect(face!.box.width).toBeCloseTo(96, 4);
    expect(face!.box.height).toBeCloseTo(48, 4);
    expect(face!.box.x).toBeCloseTo(x - 48, 4);
    expect(face!.box.y).toBeCloseTo(y - 24, 4);
    for (const [i, [pointX, pointY]] of face!.landmarks.entries()) {
      expect(pointX).toBeCloseTo(40 + 4.8 * points[2 * i]!, 4);
      expect(pointY).toBeCloseTo(56 + 4.8 * points[2 * i + 1]!, 4);
    }
    await detector.close();
  });

  it("gives no box that lies outside of the image", async () => {
    // Distances of −100 cells to the left and upper edge: the box begins at (1632, 1616) of an image of 64 pixels.
    const detector = await openDetector(scrfdFile([[0.9], [-100, -100, 101, 101], POINTS]), { threads: 1 });
    expect(await detector.detect(image)).toEqual([]);
    await detector.close();
  });

  it.each([
    [
      "levels that lack points",
      (names: readonly string[]) => names.filter((name) => name !== "output2_8"),
      /expected those of YuNet/,
    ],
    ["a file for four images", (names: readonly string[]) => names, /got a file for 4 images at once/],
  ])("refuses %s", async (what, order, message) => {
    const path = join(folder, `${what}.onnx`);
    const changed = reorderOutputs(readFileSync(scrfdFile()), order);
    writeFileSync(path, /four/.test(what) ? declareShapes(changed, { input: [4, 3, SIDE, SIDE] }) : changed);
    await expect(openDetector(path)).rejects.toThrow(message);
  });

  it("gives no face below the score that is asked for", async () => {
    const detector = await openDetector(yunetFile(), { threads: 1, minimumScore: 0.91 });
    expect(await detector.detect(image)).toEqual([]);
    await detector.close();
  });

  it.each([
    ["a file that is not there", () => join(folder, "none.onnx"), ModelError, /cannot read '.*none.onnx': ENOENT/],
    ["a file without landmarks", () => scrfdFile([[0.9], [1, 0.5, 1, 1.5]]), ModelError, /has no landmarks/],
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

  it("refuses a score out of range", async () => {
    await expect(openDetector("x.onnx", { minimumScore: 2 })).rejects.toThrow(OptionError);
  });
});
