/** Whole networks through the reader: two that others trained (where present), and every family of this project. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { random } from "../src/base/core/index.ts";
import {
  constant,
  elementCount,
  gradients,
  graphInputs,
  mul,
  outputOf,
  printGraph,
  reduceSum,
  type TensorData,
  verifyGraph,
} from "../src/compiler/graph/index.ts";
import { type OnnxModel, type OnnxReaderOptions, readOnnx, writeOnnx } from "../src/compiler/onnx/index.ts";
import { compile, createSession, type Session, type Tensor, type Tensors } from "../src/compiler/runtime/index.ts";
import { buildNetwork, configureNetwork, findNetwork } from "../src/training/nn/index.ts";

const shared = process.env.COSFACE_SHARED ?? join(import.meta.dirname, "..", "..", "shared");
const mobileFaceNet = join(shared, "models", "mobilefacenet.onnx");
const yunet = join(shared, "models", "yunet_n_dynamic.onnx");

const dataOf = ({ parameters }: OnnxModel) => new Map([...parameters].map(([name, { data }]) => [name, data]));

const pixels = (shape: readonly number[], low = -1, high = 1): Tensor => {
  const stream = random(11, shape.join());
  return {
    type: "f32",
    shape,
    data: Float32Array.from({ length: elementCount(shape) }, () => stream.uniform(low, high)),
  };
};

/** The largest difference of any element of any output, relative to the largest element of that output. */
function difference(a: Tensors, b: Tensors): number {
  expect(Object.keys(b)).toEqual(Object.keys(a));
  let worst = 0;
  for (const [name, { shape, data }] of Object.entries(a)) {
    expect(b[name]!.shape).toEqual(shape);
    const [left, right] = [data as Float32Array, b[name]!.data as Float32Array];
    const scale = left.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    expect(scale).toBeGreaterThan(0);
    for (const [i, value] of left.entries()) worst = Math.max(worst, Math.abs(value - right[i]!) / scale);
  }
  return worst;
}

/** The file itself, and the file that it becomes when it is read and written. */
async function twice(
  bytes: Uint8Array,
  options: OnnxReaderOptions,
  use: (original: Session, again: Session) => Promise<void>,
): Promise<void> {
  const model = readOnnx(bytes, options);
  verifyGraph(model.graph);
  const sessions = [bytes, writeOnnx(model.graph, { initializers: dataOf(model) })].map((file) =>
    createSession(file, { threads: 1 }),
  );
  const [original, again] = await Promise.all(sessions);
  try {
    await use(original!, again!);
  } finally {
    await original!.close();
    await again!.close();
  }
}

describe.skipIf(!existsSync(mobileFaceNet))("a MobileFaceNet that others trained", () => {
  it("gives the same embeddings for one image and for three", async () => {
    await twice(readFileSync(mobileFaceNet), {}, async (original, again) => {
      for (const batch of [1, 3]) {
        const images = pixels([batch, 3, 112, 112]);
        expect(difference(await original.run({ input: images }), await again.run({ input: images }))).toBeLessThan(
          1e-5,
        );
      }
    });
  });

  it("is a graph of five kinds of ops, with its shape arithmetic gone", () => {
    const { graph, parameters } = readOnnx(readFileSync(mobileFaceNet));
    const ops = printGraph(graph)
      .split("\n")
      .slice(1, -1)
      .map((line) => line.split(" = ")[1]!.split(" ")[0]!);
    expect([...new Set(ops)].sort()).toEqual(["add", "clip", "conv2d", "relu", "reshape"]);
    expect(ops.at(-1)).toBe("reshape");
    expect(outputOf(graph, "embedding")!.shape).toEqual(["batch_size", 128]);
    expect(parameters.size).toBe(102);
  });

  it("has gradients that agree with central differences, for the image and for a weight", async () => {
    const model = readOnnx(readFileSync(mobileFaceNet), { batch: 1 });
    const embedding = outputOf(model.graph, "embedding");
    const stream = random(2, "direction");
    const weights = pixels([1, 128]);
    const loss = reduceSum(mul(embedding!, constant(weights.data, weights.shape)));
    const image = pixels([1, 3, 112, 112]);
    const inputs = [...model.parameters].map(([name, { value, data }]): [string, Tensor] => [
      name,
      { type: "f32", shape: value.shape as number[], data },
    ]);
    const feeds: Tensors = { ...Object.fromEntries(inputs), input: image };
    // A 3×3 depthwise kernel in the middle of the network.
    const [name, weight] = [...model.parameters].filter(([, { value }]) => value.shape[1] === 1)[8]!;
    const imageValue = graphInputs(model.graph).get("input")!;
    const [dImage, dWeight] = gradients(loss, [imageValue, weight.value]);
    const forward = await compile(
      { name: "forward", outputs: { embedding: embedding! } },
      { measure: false, threads: 1 },
    );
    const backward = await compile(
      { name: "backward", outputs: { dImage: dImage!, dWeight: dWeight! } },
      { measure: false, threads: 1 },
    );
    try {
      const results = await backward.session.run(feeds);
      const lossAt = async (input: string, direction: Float32Array, step: number): Promise<number> => {
        const moved = (feeds[input]!.data as Float32Array).map((value, i) => value + step * direction[i]!);
        const { embedding: e } = await forward.session.run({ ...feeds, [input]: { ...feeds[input]!, data: moved } });
        return dot(e!.data as Float32Array, weights.data as Float32Array);
      };
      for (const [input, output] of [
        ["input", "dImage"],
        [name, "dWeight"],
      ] as const) {
        const gradient = results[output]!.data as Float32Array;
        const length = Math.sqrt(dot(gradient, gradient));
        expect(length).toBeGreaterThan(0.1);
        const uphill = gradient.map((value) => value / length);
        const rms = length / Math.sqrt(gradient.length);
        const aside = gradient.map((value) => value + rms * stream.normal());
        for (const direction of [uphill, aside]) {
          const size = Math.sqrt(dot(direction, direction));
          const step = 0.001 / size;
          const slope = ((await lossAt(input, direction, step)) - (await lossAt(input, direction, -step))) / (2 * step);
          // Kinks of ReLU6 within the step, and f32, leave a few thousandths.
          expect(Math.abs(slope - dot(gradient, direction)) / (length * size)).toBeLessThan(3e-3);
        }
      }
    } finally {
      await forward.session.close();
      await backward.session.close();
    }
  });
});

describe.skipIf(!existsSync(yunet))("a face detector that others trained", () => {
  const sizes = { height: 96, width: 64 };

  it("gives the same twelve outputs for one image and for two", async () => {
    await twice(readFileSync(yunet), { sizes }, async (original, again) => {
      for (const batch of [1, 2]) {
        const images = pixels([batch, 3, 96, 64], 0, 255);
        const results = await original.run({ input: images });
        expect(Object.keys(results)).toHaveLength(12);
        expect(difference(results, await again.run({ input: images }))).toBeLessThan(1e-5);
      }
    });
  });

  it("needs its sides as numbers, and says so", () => {
    expect(() => readOnnx(readFileSync(yunet))).toThrow(
      /Conv that computes .*: got the size 'height', expected a number/,
    );
  });
});

describe.each(["sphere4", "iresnet18", "mobilefacenet-128"])("%s of this project", (name) => {
  const network = configureNetwork(findNetwork(name), { inputSize: [16, 32], embeddingSize: 8 });
  const { embeddings, scope } = buildNetwork(network, "batch");
  const parameters = [...scope.parameters, ...scope.statistics];
  const stream = random(4, name);
  // Every tensor drawn, so that none that is mixed up with another one goes unnoticed.
  const initializers = new Map(
    parameters.map(({ name: key, shape, initializer }): [string, Float32Array] => [
      key,
      initializer(shape, stream).map((value) => value + stream.uniform(0, 0.01)),
    ]),
  );
  const graph = { name, outputs: { embeddings } };
  const bytes = writeOnnx(graph, { initializers, metadata: { role: "test" } });

  it("is read as the graph that was written", () => {
    const model = readOnnx(bytes);
    expect(model.metadata).toEqual({ role: "test" });
    expect(outputOf(model.graph, "embeddings")!.shape).toEqual(["batch", 8]);
    const read = dataOf(model);
    expect([...read.keys()].sort()).toEqual([...initializers.keys()].sort());
    const changed = [...initializers].filter(([key, data]) => !bytesOf(read.get(key)!).equals(bytesOf(data)));
    expect(changed.map(([key]) => key)).toEqual([]);
    expect(printGraph(model.graph)).toBe(printGraph(graph));
  });

  it("runs as before", async () => {
    await twice(bytes, {}, async (original, again) => {
      const images = pixels([2, 3, 16, 32]);
      expect(difference(await original.run({ images }), await again.run({ images }))).toBeLessThan(1e-6);
    });
  });
});

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);

const bytesOf = ({ buffer, byteOffset, byteLength }: TensorData): Buffer => Buffer.from(buffer, byteOffset, byteLength);
