/** ONNX files of others: recognized as embedders for what they compute, or refused in words that describe them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { changeOnnx, declareShapes, reorderOutputs, toHalfPrecision } from "../../../test/support/onnx-files.ts";
import { ModelError, random } from "../../base/core/index.ts";
import type { RgbImage } from "../../base/image/index.ts";
import {
  averagePool,
  constant,
  exp,
  type Graph,
  input,
  matmul,
  mul,
  reduceSum,
  reshape,
  softmax,
  sqrt,
  type Value,
} from "../../compiler/graph/index.ts";
import { writeOnnx } from "../../compiler/onnx/index.ts";
import { openEmbedder } from "./embedder.ts";

const folder = mkdtempSync(join(tmpdir(), "cosface-foreign-"));
afterAll(() => rmSync(folder, { recursive: true }));

const CONTRACT = { channels: "rgb", mean: 127.5, std: 127.5 } as const;
const SIDE = 16;
const source = random(1, "foreign files");
const WEIGHTS = Float32Array.from({ length: 12 * 8 }, () => source.normal(0, 0.2));
const images = [1, 2, 3].map((seed): RgbImage => {
  const stream = random(seed, "image");
  return { width: SIDE, height: SIDE, data: Uint8Array.from({ length: 3 * SIDE * SIDE }, () => stream.integer(256)) };
});

/** An embedding of 8 numbers: the image pooled to 2×2, and a matrix. */
function features(pixels: Value, batch: number | string = 1): Value {
  const pooled = averagePool(pixels, { kernel: [8, 8], stride: [8, 8] });
  return matmul(reshape(pooled, [batch, 12]), constant(WEIGHTS, [12, 8]));
}

const pixels = (batch: number | string = "N") => input("data", "f32", [batch, 3, SIDE, SIDE]);

let fileCount = 0;
function write(bytes: Uint8Array): string {
  const path = join(folder, `${fileCount++}.onnx`);
  writeFileSync(path, bytes);
  return path;
}

const file = (outputs: Graph["outputs"]) => write(writeOnnx({ name: "foreign", outputs }));

async function rowsOf(path: string, overrides: { readonly output?: string } = {}) {
  const notes: string[] = [];
  const embedder = await openEmbedder(
    path,
    { ...CONTRACT, ...overrides },
    { threads: 1, onNote: (note) => notes.push(note) },
  );
  const { contract, id } = embedder;
  const { data, size, count } = await embedder.embed(images);
  await embedder.close();
  const rows = Array.from({ length: count }, (_, row) => [...data.subarray(row * size, (row + 1) * size)]);
  return { contract, id, rows, notes };
}

function expectClose(rows: readonly (readonly number[])[], expected: readonly (readonly number[])[], digits: number) {
  expect(rows.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  for (const [i, row] of rows.entries()) {
    for (const [j, number] of row.entries()) expect(number).toBeCloseTo(expected[i]![j]!, digits);
  }
}

const plain = () => file({ embedding: features(pixels(), "N") });

describe("a file with several outputs", () => {
  /** As AdaFace is exported: the norm before the feature. */
  const withNorm = () => {
    const feature = features(pixels(), "N");
    const norm = sqrt(reduceSum(mul(feature, feature), { axes: [1], keepDims: true }));
    return file({ norm, feature });
  };

  it("is read at the only one that is an embedding, wherever it stands", async () => {
    const expected = await rowsOf(plain());
    const { contract, rows } = await rowsOf(withNorm());
    expect(contract.embeddingSize).toBe(8);
    expectClose(rows, expected.rows, 6);
    expect("output" in contract).toBe(false);
  });

  it("is refused when two could be meant, with their shapes and types, and read at the one that is named", async () => {
    const data = pixels();
    const feature = features(data, "N");
    const other = reshape(averagePool(data, { kernel: [4, 4], stride: [4, 4] }), ["N", 48]);
    const path = file({ feature, other });
    await expect(rowsOf(path)).rejects.toThrow(
      "several outputs could be the embedding: feature f32[1×8], other f32[1×48]: name one by --output",
    );
    const [first, second] = [await rowsOf(path, { output: "feature" }), await rowsOf(path, { output: "other" })];
    expect([first.contract.embeddingSize, second.contract.embeddingSize]).toEqual([8, 48]);
    expect(first.contract.output).toBe("feature");
    expect(first.id).not.toBe(second.id);
    await expect(rowsOf(path, { output: "fc1" })).rejects.toThrow(
      "got output 'fc1', expected one of the file's: feature",
    );
    writeFileSync(path.replace(/onnx$/, "json"), JSON.stringify({ output: "other" }));
    expect((await rowsOf(path)).id).toBe(second.id);
    await expect(rowsOf(withNorm(), { output: "norm" })).rejects.toThrow("output 'norm' is not an embedding");
  });
});

describe("an embedding's size is what one image gives", () => {
  it("where the file declares none, or another", async () => {
    const bytes = writeOnnx({ name: "foreign", outputs: { embedding: features(pixels(), "N") } });
    const expected = await rowsOf(write(bytes));
    for (const declared of [
      ["N", "d"],
      ["N", "d", "e"],
    ]) {
      const { contract, rows } = await rowsOf(write(declareShapes(bytes, { embedding: declared })));
      expect(contract.embeddingSize).toBe(8);
      expectClose(rows, expected.rows, 6);
    }
  });

  it("with axes of 1 left out", async () => {
    const { contract } = await rowsOf(file({ embedding: reshape(features(pixels(), "N"), ["N", 8, 1, 1]) }));
    expect(contract.embeddingSize).toBe(8);
  });

  it("and a file for one image may leave out the axis of images", async () => {
    const path = file({ embedding: reshape(features(pixels(1), 1), [8]) });
    const { contract, rows } = await rowsOf(path);
    expect(contract.embeddingSize).toBe(8);
    expectClose(rows, (await rowsOf(plain())).rows, 6);
  });
});

describe("a file that is something else is refused, and described:", () => {
  const gray = () =>
    file({ y: averagePool(input("data", "f32", ["N", 1, SIDE, SIDE]), { kernel: [8, 8], stride: [8, 8] }) });
  const refusals: readonly (readonly [string, () => string, RegExp])[] = [
    [
      "one number an image",
      () => file({ score: reduceSum(features(pixels(), "N"), { axes: [1], keepDims: true }) }),
      /no output is an embedding.*score f32\[1×1\]/,
    ],
    [
      "a map",
      () => file({ map: averagePool(pixels(), { kernel: [4, 4], stride: [4, 4] }) }),
      /no output is an embedding.*map f32\[1×3×4×4\]/,
    ],
    ["gray images", gray, /this file takes gray images/],
    [
      "channels last",
      () => file({ y: reduceSum(input("data", "f32", ["N", SIDE, SIDE, 3]), { axes: [1, 2] }) }),
      /got the input data f32\[N×16×16×3\], expected one f32 input N×3×height×width: .*channels last/,
    ],
    [
      "two inputs",
      () => file({ y: mul(features(pixels(), "N"), input("scale", "f32", ["N", 1])) }),
      /got 2 inputs \(data f32\[N×3×16×16\], scale f32\[N×1\]\)/,
    ],
    [
      "no outputs",
      () => write(changeOnnx(readFileSync(plain()), (graph) => void graph.output.splice(0))),
      /without outputs/,
    ],
    ["probabilities", () => file({ out: softmax(features(pixels(), "N")) }), /probabilities of 8 classes/],
    [
      "logits, by their name",
      () => file({ logits: features(pixels(), "N") }),
      /outputs that stand for classes.*logits f32\[1×8\]/,
    ],
    [
      "the same vector for every image",
      () => file({ embedding: exp(mul(features(pixels(), "N"), 0)) }),
      /is the same for two images that differ everywhere/,
    ],
    [
      "numbers that are not finite",
      () => file({ embedding: mul(exp(mul(exp(features(pixels(), "N")), 1000)), 0) }),
      /not finite/,
    ],
    [
      "a detector",
      () => {
        const rows = reshape(averagePool(pixels(1), { kernel: [8, 8], stride: [8, 8] }), [12]);
        const points = matmul(reshape(rows, [1, 12]), constant(new Float32Array(120), [12, 10]));
        return file({ scores: reshape(rows, [12, 1]), boxes: reshape(rows, [3, 4]), points });
      },
      /got the file of a face detector.*--detector/,
    ],
  ];
  it.each(refusals)("%s", async (_what, make, message) => {
    const path = make();
    await expect(rowsOf(path)).rejects.toThrow(ModelError);
    await expect(rowsOf(path)).rejects.toThrow(message);
  });

  it("logits are read when they are named", async () => {
    const { contract } = await rowsOf(file({ logits: features(pixels(), "N") }), { output: "logits" });
    expect(contract.embeddingSize).toBe(8);
  });
});

describe("a batch that is declared open and baked to 1", () => {
  it("is run one image at a time, with a note, and gives what a sound file gives", async () => {
    const bytes = writeOnnx({ name: "baked", outputs: { embedding: features(pixels(1), 1) } });
    const path = write(declareShapes(bytes, { data: ["N", 3, SIDE, SIDE], embedding: ["N", 8] }));
    const { rows, notes } = await rowsOf(path);
    expect(notes).toEqual([`${path}: declares any number of images, but takes one: images are embedded one at a time`]);
    expectClose(rows, (await rowsOf(plain())).rows, 6);
    expect((await rowsOf(plain())).notes).toEqual([]);
  });
});

describe("half precision", () => {
  it("is read in weights, inputs and outputs", async () => {
    const bytes = writeOnnx({ name: "half", outputs: { embedding: features(pixels(), "N") } });
    const { contract, rows } = await rowsOf(write(toHalfPrecision(bytes)));
    expect(contract.embeddingSize).toBe(8);
    expectClose(rows, (await rowsOf(write(bytes))).rows, 2);
  });

  it("is read whatever the order of outputs", async () => {
    const feature = features(pixels(), "N");
    const bytes = writeOnnx({
      name: "two",
      outputs: { feature, norm: reduceSum(feature, { axes: [1], keepDims: true }) },
    });
    const turned = write(reorderOutputs(bytes, (names) => names.toReversed()));
    expect((await rowsOf(turned)).contract.embeddingSize).toBe(8);
  });
});
