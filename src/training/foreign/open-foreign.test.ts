/** Files of others as networks that train: opened for any number of images, proven, and refused in plain words. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { onnxBytes } from "../../../test/onnx-bytes.ts";
import { foreignFile, foreignModel } from "../../../test/support/foreign-network.ts";
import { externalize, toHalfPrecision } from "../../../test/support/onnx-files.ts";
import { random } from "../../base/core/index.ts";
import { gradients, input, mul, reduceSum } from "../../compiler/graph/index.ts";
import { compile, type Tensor, type Tensors } from "../../compiler/runtime/index.ts";
import { buildNetwork } from "../nn/index.ts";
import { embeddingCandidates } from "./embedding-candidates.ts";
import { type ForeignNetwork, type OpenForeignOptions, openForeign } from "./open-foreign.ts";

const folder = mkdtempSync(join(tmpdir(), "cosface-open-foreign-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plain: OpenForeignOptions = {
  freeze: [],
  encoderRate: 1,
  layerDecay: 1,
  batchNorm: "frozen",
  mean: 127.5,
  std: 128,
  channels: "rgb",
  threads: 1,
};

/** Small beside the kinks of the activations, large beside the rounding of f32. */
const STEP = 2e-3;

let count = 0;
function open(bytes: Uint8Array, options: Partial<OpenForeignOptions> = {}): Promise<ForeignNetwork> {
  const path = join(folder, `${count++}.onnx`);
  writeFileSync(path, bytes);
  return openForeign(path, { ...plain, ...options });
}

describe("a file for one image", () => {
  it.each([[[1, -1]], [[1, 64]], [[-1, 64]], [[0, -1]]])(
    "is opened to any number, whatever shape it flattens to: %j",
    async (flat) => {
      const { network } = await open(foreignFile({ flat }));
      const { embeddings } = buildNetwork(network, 5);
      expect(embeddings.shape).toEqual([5, 12]);
    },
  );

  it("is refused when it mixes images", async () => {
    const mixing = foreignModel({
      batch: "N",
      flat: [-1, 64],
      behind: {
        nodes: [
          ["ReduceMean", ["embedding"], ["mean"], { axes: [0], keepdims: 1 }],
          ["Mul", ["embedding", "mean"], ["mixed"]],
        ],
        outputs: ["mixed"],
      },
    });
    await expect(open(onnxBytes(mixing))).rejects.toThrow(/another embedding beside other images than alone/);
  });
});

describe("a foreign network", () => {
  it.each(["frozen", "train"] as const)("has gradients that agree with central differences: %s", async (batchNorm) => {
    const { network } = await open(foreignFile(), { batchNorm });
    const built = buildNetwork(network, 3, { training: true });
    const weights = input("weights", "f32", built.embeddings.shape);
    const loss = reduceSum(mul(built.embeddings, weights));
    const trained = built.scope.parameters.filter(({ frozen }) => !frozen);
    expect(trained.length).toBeGreaterThan(12);
    const values = gradients(
      loss,
      trained.map(({ value }) => value),
    );
    const outputs = new Map([["loss", loss], ...values.map((value, i) => [`g${i}`, value] as const)]);
    const { session } = await compile({ name: "check", outputs }, { threads: 1, measure: false });
    const stream = random(2, "directions");
    const draw = (shape: readonly number[], low: number, high: number): Tensor => {
      const length = shape.reduce((product, size) => product * size, 1);
      return { type: "f32", shape, data: Float32Array.from({ length }, () => stream.uniform(low, high)) };
    };
    const state = Object.fromEntries(
      [...built.scope.parameters, ...built.scope.statistics].map(({ name, shape, initializer }) => [
        name,
        { type: "f32", shape, data: initializer(shape, stream) } as Tensor,
      ]),
    );
    const fixed: Tensors = { images: draw([3, 3, 16, 16], -1, 1), weights: draw([3, 12], -1, 1), ...state };
    const known = Object.fromEntries(Object.entries(fixed).filter(([name]) => session.inputNames.includes(name)));
    const analytic = await session.run(known);
    const lossOf = async (name: string, along: Float32Array, step: number) => {
      const { shape, data } = state[name]!;
      const moved = Float32Array.from(data as Float32Array, (value, k) => value + step * along[k]!);
      const results = await session.run({ ...known, [name]: { type: "f32", shape, data: moved } });
      return Number(results.loss!.data[0]);
    };
    for (const [i, { name }] of trained.entries()) {
      // Along the gradient itself, the slope is its length.
      const gradient = analytic[`g${i}`]!.data as Float32Array;
      const length = Math.hypot(...gradient);
      const along = gradient.map((value) => value / Math.max(length, 1e-6));
      const numeric = ((await lossOf(name, along, STEP)) - (await lossOf(name, along, -STEP))) / (2 * STEP);
      // A bias in front of a normalization has none.
      expect(Math.abs(numeric - length), name).toBeLessThan(5e-3 * length + 2e-3);
    }
    await session.close();
  });

  it("takes weights of 16 bits, and writes them with 16 bits", async () => {
    const half = toHalfPrecision(foreignFile());
    const { network, write } = await open(half);
    const { scope } = buildNetwork(network, "batch");
    const state = Object.fromEntries(
      scope.parameters.map(({ name, shape, initializer }): [string, Tensor] => [
        name,
        { type: "f32", shape, data: initializer(shape, random(0)) },
      ]),
    );
    // Unchanged weights are the same bits again.
    expect(Buffer.from(write(state)).subarray(0, half.length).equals(Buffer.from(half))).toBe(true);
  });

  it("takes weights that lie in another file, and no others", async () => {
    const { bytes, weights } = externalize(foreignFile(), "weights.bin");
    writeFileSync(join(folder, "weights.bin"), weights);
    const { id } = await open(bytes);
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    await expect(open(externalize(foreignFile(), "missing.bin").bytes)).rejects.toThrow(/missing.bin.*ENOENT/);
    await expect(open(externalize(foreignFile(), "../weights.bin").bytes)).rejects.toThrow(/expected a file beside/);
  });

  it("is refused when it is quantized, with the way out", async () => {
    const { nodes, ...rest } = foreignModel();
    const scale = { shape: [], values: [0.1] };
    const offset = { shape: [], type: "int8", values: [0] } as const;
    const quantized = onnxBytes({
      ...rest,
      initializers: { ...rest.initializers, scale, offset },
      nodes: [
        ["QuantizeLinear", ["data", "scale", "offset"], ["q"]],
        ["DequantizeLinear", ["q", "scale", "offset"], ["x"]],
        ...nodes.map(([op, inputs, ...others]): (typeof nodes)[number] => [
          op,
          inputs.map((name) => (name === "data" ? "x" : name)),
          ...others,
        ]),
      ],
    });
    await expect(open(quantized)).rejects.toThrow(/quantized network.*take the float file that it was made from/);
  });

  it("lists the tensors that could be its embedding", () => {
    const names = embeddingCandidates(foreignFile()).map(({ name, size }) => `${name} ${size}`);
    expect(names).toEqual(["g2 16", "g3 16", "g4 16", "f3 64", "e1 12", "e2 12", "embedding 12"]);
  });
});
