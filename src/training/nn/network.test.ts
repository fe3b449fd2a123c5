import { describe, expect, it } from "vitest";
import { random } from "../../base/core/index.ts";
import { elementCount, type Graph, type Node, printGraph, sortedNodes } from "../../compiler/graph/index.ts";
import { writeOnnx } from "../../compiler/onnx/index.ts";
import { createSession, type Tensor, type Tensors } from "../../compiler/runtime/index.ts";
import { iresnet } from "./iresnet.ts";
import { mobileFaceNet } from "./mobilefacenet.ts";
import { type Architecture, buildNetwork, configureNetwork } from "./network.ts";
import { findNetwork } from "./registry.ts";
import type { Statistic } from "./scope.ts";
import { sphere } from "./sphere.ts";

const narrow = iresnet("narrow", [1, 2, 1, 1], { channels: [4, 8, 8, 12] });
const small: readonly (readonly [string, Architecture, readonly [number, number]])[] = [
  ["sphere4", findNetwork("sphere4"), [16, 16]],
  ["sphere", sphere("sphere", [1, 0, 0, 1]), [16, 32]],
  ["a narrow iresnet", narrow, [32, 32]],
  ["mobilefacenet", mobileFaceNet("mobilefacenet", 16), [32, 16]],
];

const drawImages = (count: number, [height, width]: readonly [number, number]): Tensor => {
  const stream = random(2, "images");
  const shape = [count, 3, height, width];
  return { type: "f32", shape, data: Float32Array.from({ length: elementCount(shape) }, () => stream.uniform(-1, 1)) };
};

/** Initial values of parameters and statistics, perturbed so that no two channels are equal. */
function drawState(tensors: readonly Pick<Statistic, "name" | "shape" | "initializer">[]): Tensors {
  return Object.fromEntries(
    tensors.map(({ name, shape, initializer }): [string, Tensor] => {
      const stream = random(3, name);
      const data = initializer(shape, stream).map((value) => value * stream.uniform(0.8, 1.2));
      return [name, { type: "f32", shape, data }];
    }),
  );
}

async function run(graph: Graph, given: Tensors): Promise<Tensors> {
  const session = await createSession(writeOnnx(graph), { threads: 1 });
  try {
    return await session.run(Object.fromEntries(session.inputNames.map((name) => [name, given[name]!])));
  } finally {
    await session.close();
  }
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}

describe.each(small)("%s", (_, architecture, inputSize) => {
  const network = configureNetwork(architecture, { inputSize, embeddingSize: 8 });

  it("gives an image the same embedding alone and among three", async () => {
    const { embeddings, scope } = buildNetwork(network, "batch");
    const state = drawState([...scope.parameters, ...scope.statistics]);
    const graph = { name: "network", outputs: { embeddings } };
    const three = drawImages(3, inputSize);
    const together = (await run(graph, { ...state, images: three })).embeddings!;
    expect(together.shape).toEqual([3, 8]);
    const largest = Math.max(...Array.from(together.data as Float32Array, Math.abs));
    const length = three.data.length / 3;
    for (let i = 0; i < 3; i++) {
      const data = (three.data as Float32Array).slice(i * length, (i + 1) * length);
      const images = { ...three, shape: [1, 3, ...inputSize], data };
      const alone = (await run(graph, { ...state, images })).embeddings!;
      const row = (together.data as Float32Array).slice(i * 8, i * 8 + 8);
      expect(largestDifference(alone.data as Float32Array, row)).toBeLessThan(1e-5 * largest);
    }
    const [first, second] = [0, 8].map((at) => (together.data as Float32Array).slice(at, at + 8));
    expect(largestDifference(first!, second!)).toBeGreaterThan(1e-3 * largest);
  });

  it("embeds the same in training and, with the batch's statistics, in inference", async () => {
    const training = buildNetwork(network, 4, { training: true });
    const { parameters, statistics } = training.scope;
    const images = drawImages(4, inputSize);
    const given = { ...drawState(parameters), images };
    // Running statistics of 0 become 0.1 times the batch's.
    const zeros = statistics.map(({ name, shape }): [string, Tensor] => [
      name,
      { type: "f32", shape, data: new Float32Array(elementCount(shape)) },
    ]);
    const next = Object.fromEntries(statistics.map((statistic) => [`next/${statistic.name}`, statistic.next]));
    const trained = await run(
      { name: "training", outputs: { embeddings: training.embeddings, ...next } },
      { ...given, ...Object.fromEntries(zeros) },
    );
    const batchStatistics = statistics.map((statistic): [string, Tensor] => {
      const fresh = trained[`next/${statistic.name}`]!;
      // Running variances are unbiased: M/(M − 1) times what normalizes the batch of M elements a channel.
      const count = elementCount(normalizedBy(statistic).inputs[0]!.shape) / statistic.shape[0]!;
      const factor = 10 * (statistic.name.endsWith(".variance") ? (count - 1) / count : 1);
      return [statistic.name, { ...fresh, data: (fresh.data as Float32Array).map((value) => value * factor) }];
    });
    const inference = buildNetwork(network, 4);
    const inferred = await run(
      { name: "inference", outputs: { embeddings: inference.embeddings } },
      { ...given, ...Object.fromEntries(batchStatistics) },
    );
    const [a, b] = [trained.embeddings!.data as Float32Array, inferred.embeddings!.data as Float32Array];
    expect(largestDifference(a, b)).toBeLessThan(2e-4 * Math.max(...a.map(Math.abs)));
  });
});

/** The training-mode batch normalization that updates a running statistic. */
function normalizedBy({ next }: Statistic): Node {
  return sortedNodes([next]).findLast(({ op }) => op.name === "batchNormTraining")!;
}

it("running statistics keep nine tenths of the old, and take one tenth of the batch's, with an unbiased variance", async () => {
  const network = configureNetwork(narrow, { inputSize: [16, 16], embeddingSize: 2 });
  const { scope } = buildNetwork(network, 3, { training: true });
  const head = (kind: string) => scope.statistics.find(({ name }) => name === `head.features.${kind}`)!;
  const [mean, variance] = [head("mean"), head("variance")];
  const x = normalizedBy(mean).inputs[0]!;
  const images = drawImages(3, [16, 16]);
  const given: Tensors = {
    ...drawState([...scope.parameters, ...scope.statistics]),
    images,
    [mean.name]: { type: "f32", shape: [2], data: Float32Array.of(5, -5) },
    [variance.name]: { type: "f32", shape: [2], data: Float32Array.of(2, 3) },
  };
  const results = await run({ name: "head", outputs: { x, mean: mean.next, variance: variance.next } }, given);
  for (let channel = 0; channel < 2; channel++) {
    const values = [0, 1, 2].map((i) => results.x!.data[2 * i + channel] as number);
    const average = values.reduce((sum, value) => sum + value, 0) / 3;
    const unbiased = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / 2;
    expect(results.mean!.data[channel]).toBeCloseTo(0.9 * [5, -5][channel]! + 0.1 * average, 4);
    expect(results.variance!.data[channel]).toBeCloseTo(0.9 * [2, 3][channel]! + 0.1 * unbiased, 4);
  }
});

describe("sphere networks", () => {
  const { scope } = buildNetwork(configureNetwork(findNetwork("sphere20"), { inputSize: [16, 16] }), 1);
  const deviation = (values: Float32Array) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
  const draw = (name: string) => {
    const { initializer, shape } = scope.parameters.find((parameter) => parameter.name === name)!;
    return initializer(shape, random(1, name));
  };

  it("begin units at N(0, 0.01) without biases, stages and the FC at Caffe's xavier, slopes at 0.25, biases at 0", () => {
    const units = scope.parameters.filter(({ name }) => name.includes(".unit"));
    expect(units.filter(({ name }) => name.endsWith(".weight")).length).toBe(16);
    expect(units.some(({ name }) => name.endsWith(".bias"))).toBe(false);
    expect(deviation(draw("stage2.unit1.conv1.weight"))).toBeCloseTo(0.01, 3);
    expect(deviation(draw("stage2.unit2.conv2.weight"))).toBeCloseTo(0.01, 3);
    expect(deviation(draw("stage1.entry.weight")) * Math.sqrt(27)).toBeCloseTo(1, 1);
    expect(deviation(draw("fc.weight")) * Math.sqrt(512)).toBeCloseTo(1, 2);
    expect(new Set(draw("stage3.unit1.conv2.slope"))).toEqual(new Set([0.25]));
    expect(new Set(draw("stage1.entry.bias"))).toEqual(new Set([0]));
  });

  it("give biases twice the learning rate and no decay", () => {
    const biases = scope.parameters.filter(({ name }) => name.endsWith(".bias"));
    expect(biases.map(({ name }) => name)).toEqual([
      ...[1, 2, 3, 4].map((stage) => `stage${stage}.entry.bias`),
      "fc.bias",
    ]);
    for (const { decay, learningRateFactor } of biases) expect([decay, learningRateFactor]).toEqual([false, 2]);
    const others = scope.parameters.filter(({ name }) => !name.endsWith(".bias"));
    for (const { decay, learningRateFactor } of others) expect([decay, learningRateFactor]).toEqual([true, 1]);
  });

  it("have the number of convolutions of their names", () => {
    for (const count of [4, 10, 20, 36, 62, 64]) {
      const built = buildNetwork(configureNetwork(findNetwork(`sphere${count}`)), 1);
      expect(sortedNodes([built.embeddings]).filter(({ op }) => op.name === "conv2d").length).toBe(count);
    }
  });

  it("print as text", () => {
    const { embeddings } = buildNetwork(configureNetwork(findNetwork("sphere4"), { inputSize: [16, 32] }), "batch");
    expect(printGraph({ name: "sphere4", outputs: { embeddings } })).toMatchInlineSnapshot(`
      "sphere4(images: f32[batch,3,16,32], stage1.entry.weight: f32[64,3,3,3], stage1.entry.bias: f32[64], stage1.entry.slope: f32[64], stage2.entry.weight: f32[128,64,3,3], stage2.entry.bias: f32[128], stage2.entry.slope: f32[128], stage3.entry.weight: f32[256,128,3,3], stage3.entry.bias: f32[256], stage3.entry.slope: f32[256], stage4.entry.weight: f32[512,256,3,3], stage4.entry.bias: f32[512], stage4.entry.slope: f32[512], fc.weight: f32[512,1024], fc.bias: f32[512])
        a: f32[batch,64,8,16] = conv2d images stage1.entry.weight stage1.entry.bias stride=[2,2] padding=[1,1,1,1] dilation=[1,1] groups=1
        b: f32[64,1,1] = reshape stage1.entry.slope shape=[64,1,1]
        c: f32[batch,64,8,16] = prelu a b
        d: f32[batch,128,4,8] = conv2d c stage2.entry.weight stage2.entry.bias stride=[2,2] padding=[1,1,1,1] dilation=[1,1] groups=1
        e: f32[128,1,1] = reshape stage2.entry.slope shape=[128,1,1]
        f: f32[batch,128,4,8] = prelu d e
        g: f32[batch,256,2,4] = conv2d f stage3.entry.weight stage3.entry.bias stride=[2,2] padding=[1,1,1,1] dilation=[1,1] groups=1
        h: f32[256,1,1] = reshape stage3.entry.slope shape=[256,1,1]
        i: f32[batch,256,2,4] = prelu g h
        j: f32[batch,512,1,2] = conv2d i stage4.entry.weight stage4.entry.bias stride=[2,2] padding=[1,1,1,1] dilation=[1,1] groups=1
        k: f32[512,1,1] = reshape stage4.entry.slope shape=[512,1,1]
        l: f32[batch,512,1,2] = prelu j k
        m: f32[batch,1024] = reshape l shape=[batch,1024]
        n: f32[batch,512] = matmul m fc.weight transposeA=false transposeB=true
        o: f32[batch,512] = add n fc.bias
        return embeddings=o"
    `);
  });
});

it("iresnets begin convolutions at N(0, 0.1), and never change the scale of the last normalization", () => {
  const { scope } = buildNetwork(configureNetwork(findNetwork("iresnet18")), 1);
  const { initializer } = scope.parameters.find(({ name }) => name === "stage1.block1.conv1.weight")!;
  const values = initializer([64, 64, 3, 3], random(1));
  expect(Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length)).toBeCloseTo(0.1, 2);
  expect(scope.parameters.filter(({ frozen }) => frozen).map(({ name }) => name)).toEqual(["head.features.weight"]);
  const convolutionBiases = scope.parameters.filter(({ name }) => /conv\d?\.bias$/.test(name));
  expect(convolutionBiases).toEqual([]);
});
