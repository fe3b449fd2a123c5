/** What ops compute, by hand-worked cases: the gradient checks compare rules with these, so these must be right. */
import { describe, expect, it } from "vitest";
import {
  abs,
  acos,
  add,
  argMax,
  averagePool,
  batchNorm,
  batchNormTraining,
  broadcastTo,
  cast,
  clip,
  concat,
  constant,
  conv2d,
  convInputGradient,
  convWeightGradient,
  div,
  equal,
  floor,
  formatType,
  gather,
  globalAveragePool,
  greater,
  greaterOrEqual,
  input,
  isLabel,
  l2Norm,
  l2Normalize,
  log,
  logSoftmax,
  matmul,
  maximum,
  maxPool,
  minimum,
  NORM_FLOOR,
  oneHot,
  pad,
  pow,
  prelu,
  reduceMax,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  scatterAdd,
  sigmoid,
  sign,
  slice,
  softmax,
  softplus,
  sqrt,
  step,
  stepBelow,
  stopGradient,
  sub,
  transpose,
  typedArray,
  upsample,
  type Value,
  where,
} from "../src/compiler/graph/index.ts";
import { writeOnnx } from "../src/compiler/onnx/index.ts";
import { compile, createSession } from "../src/compiler/runtime/index.ts";

const f32 = (shape: readonly number[], ...values: number[]): Value => constant(Float32Array.from(values), shape);
const f64 = (shape: readonly number[], ...values: number[]): Value => constant(Float64Array.from(values), shape);
const i64 = (...values: number[]): Value => constant(typedArray("i64", values), [values.length]);
const i32 = (...values: number[]): Value => constant(Int32Array.from(values), [values.length]);

async function evaluate(...values: Value[]): Promise<number[][]> {
  const outputs = Object.fromEntries(values.map((value, i) => [`y${i}`, value]));
  const { session } = await compile({ name: "values", outputs }, { measure: false, threads: 1 });
  try {
    const results = await session.run({});
    return values.map((value, i) => {
      const { type, shape, data } = results[`y${i}`]!;
      expect(formatType({ type, shape })).toBe(formatType(value));
      return Array.from<number | bigint, number>(data as ArrayLike<number | bigint>, Number);
    });
  } finally {
    await session.close();
  }
}

const row = f32([3], -1, 0, 2);
const matrix = f32([2, 3], 1, 2, 3, 4, 5, 6);
const image = f32([1, 1, 3, 3], 1, 2, 3, 4, 5, 6, 7, 8, 9);
const E = Math.E;

it.each<[string, Value, readonly number[]]>([
  ["add broadcasts", add(matrix, f32([2, 1], 10, 20)), [11, 12, 13, 24, 25, 26]],
  ["sub of a number from the left", sub(1, row), [2, 1, -1]],
  ["div in f64", div(f64([2], 1, 2), 3), [1 / 3, 2 / 3]],
  ["abs, sign", add(abs(row), sign(row)), [0, 0, 3]],
  ["floor", floor(f32([3], -0.5, 0.5, 2)), [-1, 0, 2]],
  ["sqrt, pow", add(sqrt(f32([2], 4, 9)), pow(f32([2], 2, 3), 2)), [6, 12]],
  ["log", log(f32([2], 1, E)), [0, 1]],
  ["acos", acos(f32([3], -1, 0, 0.5)), [Math.PI, Math.PI / 2, Math.PI / 3]],
  ["sigmoid", sigmoid(f32([3], 0, 1, -100)), [0.5, 1 / (1 + 1 / E), 0]],
  ["softplus without overflow", softplus(f32([3], 0, 100, -100)), [Math.LN2, 100, 0]],
  ["relu, step", add(relu(row), step(row)), [0, 0, 3]],
  ["step in f64", step(f64([3], -1, 0, 1e-300)), [0, 0, 1]],
  ["stepBelow", stepBelow(row), [1, 0, 0]],
  ["stepBelow in f64", stepBelow(f64([3], -1e-300, 0, 1)), [1, 0, 0]],
  ["stopGradient of a constant", stopGradient(row), [-1, 0, 2]],
  ["stopGradient between ops", sub(stopGradient(stopGradient(add(row, 1))), 1), [-1, 0, 2]],
  ["clip", clip(row, -0.5, 1), [-0.5, 0, 1]],
  ["prelu by channels", prelu(f32([1, 2, 2], -1, 1, -2, 2), f32([2, 1], 0.1, 0.5)), [-0.1, 1, -1, 2]],
  ["maximum, minimum", sub(maximum(row, 1), minimum(row, 1)), [2, 1, 1]],
  [
    "comparisons",
    cast(concat([greater(row, 0), greaterOrEqual(row, 0), equal(row, 0)], 0), "f32"),
    [0, 0, 1, 0, 1, 1, 0, 1, 0],
  ],
  ["where", where(greater(row, 0), row, 7), [7, 7, 2]],
  ["cast cuts fractions off", cast(f32([3], -1.7, 0.5, 2.9), "i32"), [-1, 0, 2]],
  ["cast to truth values and back", cast(cast(row, "bool"), "u8"), [1, 0, 1]],
  ["reduceSum over rows", reduceSum(matrix, { axes: [1] }), [6, 15]],
  ["reduceMean over columns", reduceMean(matrix, { axes: [0], keepDims: true }), [2.5, 3.5, 4.5]],
  ["reduceMax over all", reduceMax(matrix), [6]],
  ["argMax takes the first of equals", argMax(f32([2, 3], 1, 5, 5, 9, 0, 9), 1), [1, 0]],
  ["broadcastTo", broadcastTo(f32([2, 1], 1, 2), [2, 2, 2]), [1, 1, 2, 2, 1, 1, 2, 2]],
  ["reshape", reshape(matrix, [3, 2]), [1, 2, 3, 4, 5, 6]],
  ["transpose", transpose(matrix), [1, 4, 2, 5, 3, 6]],
  ["concat", concat([matrix, f32([2, 1], 0, -1)], 1), [1, 2, 3, 0, 4, 5, 6, -1]],
  ["slice by steps", slice(f32([6], 0, 1, 2, 3, 4, 5), { axis: 0, start: 1, size: 2, step: 3 }), [1, 4]],
  ["pad", pad(matrix, { axis: 1, before: 1, after: 0, value: 9 }), [9, 1, 2, 3, 9, 4, 5, 6]],
  ["gather", gather(matrix, i64(1, 0, 1)), [4, 5, 6, 1, 2, 3, 4, 5, 6]],
  ["scatterAdd adds up where indices repeat", scatterAdd(i32(2, 0, 2), f32([3, 1], 1, 2, 3), 3), [2, 0, 4]],
  ["isLabel", cast(isLabel(i64(2, 0), 3), "i32"), [0, 0, 1, 1, 0, 0]],
  ["oneHot has no row for labels outside", oneHot(i32(1, 3), f32([2, 3], 0, 0, 0, 0, 0, 0)), [0, 1, 0, 0, 0, 0]],
  ["matmul", matmul(matrix, f32([3, 1], 1, 0, -1)), [-2, -2]],
  ["matmul, both transposed", matmul(f32([3, 1], 1, 0, -1), matrix, { transposeA: true, transposeB: true }), [-2, -2]],
  ["softmax of huge numbers", softmax(f32([1, 3], 1000, 1000, -1000)), [0.5, 0.5, 0]],
  ["logSoftmax of huge numbers", logSoftmax(f32([1, 2], 1000, 0)), [0, -1000]],
  ["l2Norm by rows", l2Norm(f32([2, 2], 3, 4, 0, 0)), [5, 0]],
  ["l2Normalize by rows; zero stays zero", l2Normalize(f32([2, 2], 3, 4, 0, 0)), [0.6, 0.8, 0, 0]],
  ["l2Normalize far below one", l2Normalize(f64([1, 2], 3e-9, 4e-9)), [0.6, 0.8]],
  ["l2Normalize below its floor", l2Normalize(f64([1, 1], NORM_FLOOR / 4)), [0.25]],
  // 1·a + 2·b + 4·c + 5·d with the kernel [1, 0; 0, −1], which is not turned.
  ["conv2d is a cross-correlation", conv2d(image, f32([1, 1, 2, 2], 1, 0, 0, -1)), [-4, -4, -4, -4]],
  [
    "conv2d with a border, stride and bias",
    conv2d(image, f32([1, 1, 3, 3], 0, 0, 0, 0, 1, 1, 0, 0, 0), {
      padding: [1, 1, 1, 1],
      stride: [2, 2],
      bias: f32([1], 10),
    }),
    [13, 13, 25, 19],
  ],
  [
    "conv2d in groups",
    conv2d(f32([1, 2, 1, 2], 1, 2, 3, 4), f32([2, 1, 1, 1], 10, 100), { groups: 2 }),
    [10, 20, 300, 400],
  ],
  ["conv2d dilated", conv2d(image, f32([1, 1, 2, 2], 1, 1, 1, 1), { dilation: [2, 2] }), [20]],
  [
    "convInputGradient spreads kernels",
    convInputGradient(f32([1, 1, 2, 1], 1, 10), f32([1, 1, 2, 1], 2, 3), [3, 1]),
    [2, 23, 30],
  ],
  ["convWeightGradient sums patches", convWeightGradient(image, f32([1, 1, 2, 2], 1, 0, 0, 1), [2, 2]), [6, 8, 12, 14]],
  [
    "maxPool with a border",
    maxPool(f32([1, 1, 2, 2], -1, -2, -3, -4), { kernel: [2, 2], stride: [1, 1], padding: [1, 1, 0, 0] }),
    [-1, -1, -1, -1],
  ],
  [
    "averagePool counts its border",
    averagePool(f32([1, 1, 1, 2], 4, 8), { kernel: [1, 2], stride: [1, 2], padding: [0, 1, 0, 1] }),
    [2, 4],
  ],
  ["globalAveragePool", globalAveragePool(f32([1, 2, 1, 2], 1, 3, 5, 9)), [2, 7]],
  ["upsample", upsample(f32([1, 1, 1, 2], 1, 2), [2, 3]), [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2]],
  [
    "batchNorm",
    batchNorm(
      f32([2, 2], 3, 10, 5, 30),
      { scale: f32([2], 2, 1), shift: f32([2], 0, 1), mean: f32([2], 1, 10), variance: f32([2], 4, 100) },
      0,
    ),
    [2, 1, 4, 3],
  ],
])("%s", async (_, value, expected) => {
  const [got] = await evaluate(value);
  expect(got!.length).toBe(expected.length);
  for (const [i, number] of expected.entries()) expect(got![i]!).toBeCloseTo(number, 5);
});

describe("batchNormTraining", () => {
  // Two channels over two images of one by two: 1, 3, 5, 7 and 0, 0, 4, 4.
  const x = input("x", "f32", [2, 2, 1, 2]);
  const data = Float32Array.of(1, 3, 0, 0, 5, 7, 4, 4);
  const [s, b] = [input("s", "f32", [2]), input("b", "f32", [2])];
  const [y, mean, variance] = batchNormTraining(x, s, b, 0);
  const vector = (...values: number[]) => ({ type: "f32", shape: [2], data: Float32Array.from(values) }) as const;
  const feeds = { x: { type: "f32", shape: [2, 2, 1, 2], data }, s: vector(1, 10), b: vector(0, 100) } as const;
  const root5 = Math.sqrt(5);
  const expected: Record<string, number[]> = {
    y: [-3 / root5, -1 / root5, 90, 90, 1 / root5, 3 / root5, 110, 110],
    mean: [4, 2],
    variance: [5, 4],
  };

  const expectNear = (got: ArrayLike<unknown>, numbers: readonly number[]): void => {
    expect(got.length).toBe(numbers.length);
    for (const [i, number] of numbers.entries()) expect(Number(got[i])).toBeCloseTo(number, 4);
  };

  /*
   * ONNX Runtime writes the statistics over two of the node's inputs. The results, and the caller's tensors, must stay
   * the same whatever else uses those tensors and whichever statistics are requested.
   */
  it.each<[string, Record<string, Value>]>([
    ["all outputs", { y, mean, variance }],
    ["the normalized values alone", { y }],
    ["the mean alone", { mean }],
    ["the variance alone", { variance }],
    ["values and variance", { y, variance }],
    ["values computed from the statistics", { y, wide: add(variance, mean) }],
  ])("gives %s", async (_, outputs) => {
    const { session } = await compile({ name: "norm", outputs }, { measure: false, threads: 1 });
    try {
      for (let run = 0; run < 2; run++) {
        const results = await session.run(
          Object.fromEntries(session.inputNames.map((name) => [name, feeds[name as "x"]])),
        );
        for (const [name, { data: got }] of Object.entries(results)) {
          expectNear(got, name === "wide" ? [9, 6] : expected[name]!);
        }
        expect(feeds.s.data).toEqual(Float32Array.of(1, 10));
        expect(feeds.b.data).toEqual(Float32Array.of(0, 100));
        expect(feeds.x.data).toEqual(data);
      }
    } finally {
      await session.close();
    }
  });

  it("keeps two layers apart that share their scale, which both write over tensors made from it", async () => {
    const [z, otherMean, otherVariance] = batchNormTraining(pow(x, 2), s, b, 0);
    const outputs = { y, mean, variance, z, otherMean, otherVariance, negative: sub(0, s), positive: abs(s) };
    for (const given of ["inputs", "part of the file"]) {
      const initializers =
        given === "inputs"
          ? new Map()
          : new Map([
              ["s", feeds.s.data],
              ["b", feeds.b.data],
            ]);
      const session = await createSession(writeOnnx({ name: "norms", outputs }, { initializers }), { threads: 1 });
      try {
        for (let run = 0; run < 2; run++) {
          const results = await session.run(
            Object.fromEntries(session.inputNames.map((name) => [name, feeds[name as "x"]])),
          );
          for (const [name, numbers] of Object.entries(expected)) expectNear(results[name]!.data, numbers);
          // Squares: 1, 9, 25, 49 with mean 21 and 0, 0, 16, 16 with mean 8.
          expectNear(results.otherMean!.data, [21, 8]);
          expectNear(results.otherVariance!.data, [(400 + 144 + 16 + 784) / 4, 64]);
          expectNear(results.negative!.data, [-1, -10]);
          expectNear(results.positive!.data, [1, 10]);
        }
      } finally {
        await session.close();
      }
    }
  });
});

it("f64 stays f64 where ONNX Runtime has a kernel, and says what f32 cannot", async () => {
  const small = 1e-12;
  const [wide, narrow] = await evaluate(sub(add(f64([1], 1), small), 1), sub(add(f32([1], 1), small), 1));
  expect(wide![0]!).toBeCloseTo(small, 15);
  expect(narrow![0]).toBe(0);
});

it("constants of a million elements arrive unchanged", async () => {
  const data = Float32Array.from({ length: 1_000_000 }, (_, i) => i % 977);
  const [sum, last] = await evaluate(
    reduceSum(cast(constant(data, [1000, 1000]), "f64")),
    slice(constant(data, [1_000_000]), { axis: 0, start: 999_999, size: 1 }),
  );
  expect(sum![0]).toBe(data.reduce((total, value) => total + value, 0));
  expect(last![0]).toBe(999_999 % 977);
});
