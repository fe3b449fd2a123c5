/** The error of each op for inputs that do not fit, and the shapes that are not obvious. */
import { describe, expect, it } from "vitest";
import { ShapeError } from "../../../base/core/index.ts";
import { loweringKey, loweringsOf, macsOf } from "../op.ts";
import { formatType, input, type Shape, scalar, type Value } from "../value.ts";
import { add, broadcastTo, mul, reduceSum, reshape } from "./arithmetic.ts";
import { conv2d, convInputGradient, convWeightGradient } from "./convolution/convolution.ts";
import type { ConvolutionOptions } from "./convolution/options.ts";
import { cast } from "./elementwise.ts";
import { concat, gather, isLabel, oneHot, pad, scatterAdd, slice, transpose } from "./layout.ts";
import { l2Norm, matmul } from "./linear.ts";
import { batchNorm, batchNormTraining } from "./normalization.ts";
import { averagePool, globalAveragePool, maxPool } from "./pooling.ts";
import { argMax, reduceMax, reduceMean } from "./reduction.ts";
import { upsample } from "./resize.ts";
import { clip, equal, maximum, prelu, where } from "./selection.ts";

const f32 = (...shape: Shape): Value => input("x", "f32", shape);
const f64 = (...shape: Shape): Value => input("d", "f64", shape);
const i64 = (...shape: Shape): Value => input("i", "i64", shape);
const bool = (...shape: Shape): Value => input("b", "bool", shape);

describe("errors", () => {
  it.each<[string, () => Value | readonly Value[]]>([
    [
      "add: sizes differ on axis 1: got [2,3] and [2,4], expected shapes that broadcast",
      () => add(f32(2, 3), f32(2, 4)),
    ],
    ["mul: got f32 and f64, expected one type: cast", () => mul(f32(2), f64(2))],
    ["maximum: got f32 and i64, expected one type: cast", () => maximum(f32(2), i64(2))],
    ["equal: got i64 and f32, expected one type: cast", () => equal(i64(2), f32(2))],
    ["reduceSum: got axis 2, expected one of a rank-2 shape", () => reduceSum(f32(2, 3), { axes: [2] })],
    ["reduceMean: got axis -3, expected one of a rank-2 shape", () => reduceMean(f32(2, 3), { axes: [-3] })],
    ["reduceMax: got axis 0.5, expected one of a rank-2 shape", () => reduceMax(f32(2, 3), { axes: [0.5] })],
    ["argMax: got axis 2, expected one of a rank-2 shape", () => argMax(f32(2, 3), 2)],
    ["broadcastTo: got [2,3], expected to fit [1,3]", () => broadcastTo(f32(2, 3), [1, 3])],
    [
      "elementCount: got the size 'n', expected a number: fix this size before building",
      () => broadcastTo(f32(1), ["n"]),
    ],
    ["reshape: got [2,3], expected as many elements as [5]", () => reshape(f32(2, 3), [5])],
    ["reshape: got [n,3], expected as many elements as [m,3]", () => reshape(f32("n", 3), ["m", 3])],
    ["reshape: got [n,3], expected as many elements as [3]", () => reshape(f32("n", 3), [3])],
    [
      "reshape: got [n,m,2], expected at most one size without a number: fix the others",
      () => reshape(f32("n", "m", 2), ["n", "m", 1, 2]),
    ],
    ["transpose: got order [0,0], expected each axis of [2,3] once", () => transpose(f32(2, 3), [0, 0])],
    ["concat: got [2,3] and [3,3], expected to differ on axis 1 only", () => concat([f32(2, 3), f32(3, 3)], 1)],
    ["concat: got [2,3] and [2], expected to differ on axis 1 only", () => concat([f32(2, 3), f32(2)], 1)],
    ["concat: got axis 0, expected one of a rank-0 shape", () => concat([], 0)],
    [
      "slice: got 3 from 1 by 2, expected to lie within 5",
      () => slice(f32(5), { axis: 0, start: 1, size: 3, step: 2 }),
    ],
    ["slice: got 0 from 1 by 1, expected to lie within 5", () => slice(f32(5), { axis: 0, start: 1, size: 0 })],
    [
      "slice: got the size 'n', expected a number: fix this size before building",
      () => slice(f32("n"), { axis: 0, start: 0, size: 1 }),
    ],
    [
      "pad: got the size 'n', expected a number: fix this size before building",
      () => pad(f32("n"), { axis: 0, before: 1, after: 0 }),
    ],
    ["gather: got indices of f32, expected i32 or i64", () => gather(f32(4, 2), f32(3))],
    ["scatterAdd: indices: got shape [3,1], expected 1 axes", () => scatterAdd(i64(3, 1), f32(3, 2), 4)],
    ["scatterAdd: got 3 indices and rows [2,5], expected one a row", () => scatterAdd(i64(3), f32(2, 5), 4)],
    ["isLabel: labels: got shape [2,1], expected 1 axes", () => isLabel(i64(2, 1), 3)],
    ["oneHot: got the size 'n', expected a number: fix this size before building", () => oneHot(i64(2), f32(2, "n"))],
    ["where: got a condition of f32, expected bool", () => where(f32(2), f32(2), 0)],
    ["where: got two numbers, expected at least one value", () => where(bool(2), 1, 0)],
    ["where: sizes differ on axis 0: got [2] and [3], expected shapes that broadcast", () => where(bool(2), f32(3), 0)],
    ["prelu: got slopes [2,3], expected to broadcast to [3]", () => prelu(f32(3), f32(2, 3))],
    ["matmul: inner sizes differ: got [2,3] × [4,5]", () => matmul(f32(2, 3), f32(4, 5))],
    [
      "matmul: inner sizes differ: got [3,2] × [3,5]",
      () => matmul(f32(2, 3), f32(5, 3), { transposeA: true, transposeB: true }),
    ],
    ["matmul: a: got shape [2,3,4], expected 2 axes", () => matmul(f32(2, 3, 4), f32(4, 5))],
    ["matmul: b: got shape [4], expected 2 axes", () => matmul(f32(3, 4), f32(4))],
    ["conv2d: x: got shape [3,8,8], expected 4 axes", () => conv2d(f32(3, 8, 8), f32(4, 3, 3, 3))],
    ["conv2d: w: got shape [4,3,3], expected 4 axes", () => conv2d(f32(1, 3, 8, 8), f32(4, 3, 3))],
    ["conv2d: got f32 and f64, expected one type: cast", () => conv2d(f32(1, 3, 8, 8), f64(4, 3, 3, 3))],
    [
      "conv2d: got 3 channels and weights [4,2,3,3] in 1 groups, expected [n·groups, channels/groups, h, w]",
      () => conv2d(f32(1, 3, 8, 8), f32(4, 2, 3, 3)),
    ],
    [
      "conv2d: got 4 channels and weights [3,2,1,1] in 2 groups, expected [n·groups, channels/groups, h, w]",
      () => conv2d(f32(1, 4, 8, 8), f32(3, 2, 1, 1), { groups: 2 }),
    ],
    [
      "conv2d: got f32 and f64, expected one type: cast",
      () => conv2d(f32(1, 3, 8, 8), f32(4, 3, 3, 3), { bias: f64(4) }),
    ],
    [
      "conv2d: got bias [3], expected [4]: one number per output",
      () => conv2d(f32(1, 3, 8, 8), f32(4, 3, 3, 3), { bias: f32(3) }),
    ],
    [
      "conv2d: got size 2×8 with kernel 3×3, expected a larger map or padding",
      () => conv2d(f32(1, 3, 2, 8), f32(4, 3, 3, 3)),
    ],
    [
      "conv2d: got the size 'h', expected a number: fix this size before building",
      () => conv2d(f32(1, 3, "h", 8), f32(4, 3, 3, 3)),
    ],
    [
      "batchNorm: got [4] for x [2,3], expected one number per channel [3]",
      () => batchNorm(f32(2, 3), { scale: f32(3), shift: f32(3), mean: f32(4), variance: f32(3) }),
    ],
    [
      "batchNormTraining: got [3,1] for x [2,3], expected one number per channel [3]",
      () => batchNormTraining(f32(2, 3), f32(3), f32(3, 1)),
    ],
    ["batchNormTraining: got f32 and f64, expected one type: cast", () => batchNormTraining(f32(2, 3), f32(3), f64(3))],
    ["maxPool: got [1,1,2,8], expected at least the window [3,3]", () => maxPool(f32(1, 1, 2, 8), { kernel: [3, 3] })],
    ["averagePool: got shape [8,8], expected 4 axes", () => averagePool(f32(8, 8), { kernel: [2, 2] })],
    ["reduceMean: got axis 2, expected one of a rank-2 shape", () => globalAveragePool(f32(2, 3))],
    ["upsample: got factors 2 and 0.5, expected positive whole numbers", () => upsample(f32(1, 1, 2, 2), [2, 0.5])],
    ["upsample: got shape [2,2], expected 4 axes", () => upsample(f32(2, 2), [2, 2])],
  ])("%s", (message, build) => {
    expect(build).toThrow(ShapeError);
    try {
      build();
    } catch (error) {
      expect((error as Error).message).toBe(message);
    }
  });
});

describe("shapes", () => {
  it.each<[string, Value]>([
    ["f32[n,3]", add(f32("n", 3), f32(3))],
    ["bool[n,3]", equal(f32("n", 3), 0)],
    ["f32[n,4]", matmul(f32("n", 3), f32(4, 3), { transposeB: true })],
    ["f32[n,12]", reshape(f32("n", 3, 4), ["n", 12])],
    ["f32[4,n,3]", transpose(f32("n", 3, 4), [2, 0, 1])],
    ["f32[4,3,n]", transpose(f32("n", 3, 4))],
    ["f32[n,5,2]", concat([f32("n", 1, 2), f32("n", 4, 2)], -2)],
    ["f32[n,2]", slice(f32("n", 5), { axis: 1, start: 1, size: 2, step: 3 })],
    ["f32[n,8]", pad(f32("n", 5), { axis: 1, before: 1, after: 2 })],
    ["f32[n,7]", gather(f32(100, 7), i64("n"))],
    ["f32[100,7]", scatterAdd(i64(3), f32(3, 7), 100)],
    ["f32[n,3]", oneHot(i64("n"), f32("n", 3))],
    ["f32[n,1]", l2Norm(f32("n", 3))],
    ["f32[]", reduceSum(f32("n", 3))],
    ["f32[n,1]", reduceMax(f32("n", 3), { axes: [-1], keepDims: true })],
    ["f32[3]", reduceMean(f32("n", 3), { axes: [0, 0] })],
    ["i64[n]", argMax(f32("n", 3), -1)],
    ["f64[n]", cast(f32("n"), "f64")],
    ["f32[n,8,4,3]", conv2d(f32("n", 3, 8, 6), f32(8, 3, 3, 3), { padding: [1, 1, 1, 1], stride: [2, 2] })],
    [
      "f32[n,8,2,8]",
      conv2d(f32("n", 4, 6, 6), f32(8, 2, 3, 1), { padding: [0, 1, 0, 1], dilation: [2, 1], groups: 2 }),
    ],
    ["f32[n,4,6,6]", convInputGradient(f32("n", 8, 2, 8), f32(8, 2, 3, 1), [6, 6], { groups: 2 })],
    ["f32[8,2,3,1]", convWeightGradient(f32(5, 4, 6, 6), f32(5, 8, 2, 8), [3, 1], { groups: 2 })],
    ["f32[n,3,4,2]", maxPool(f32("n", 3, 7, 5), { kernel: [3, 3], stride: [2, 2], padding: [1, 0, 1, 0] })],
    ["f32[n,3]", globalAveragePool(f32("n", 3, 7, 5))],
    ["f32[n,3,14,15]", upsample(f32("n", 3, 7, 5), [2, 3])],
    ["f32[n,3,2,2]", batchNormTraining(f32("n", 3, 2, 2), f32(3), f32(3))[0]],
    ["f32[3]", batchNormTraining(f32("n", 3, 2, 2), f32(3), f32(3))[2]],
  ])("%s", (type, value) => {
    expect(formatType(value)).toBe(type);
  });

  it("leave a value as it is where nothing is asked for", () => {
    const x = f32(2, 3);
    expect(reshape(x, [2, 3])).toBe(x);
    expect(broadcastTo(x, [2, 3])).toBe(x);
    expect(slice(x, { axis: 1, start: 0, size: 3 })).toBe(x);
    expect(pad(x, { axis: 1, before: 0, after: 0 })).toBe(x);
    expect(cast(x, "f32")).toBe(x);
    expect(clip(x, 0, 1)).not.toBe(x);
    expect(scalar(1)).not.toBe(scalar(1));
  });
});

describe("lowerings of a convolution", () => {
  const halving: ConvolutionOptions = { stride: [2, 2], padding: [1, 1, 1, 1] };
  const plain: ConvolutionOptions = { padding: [1, 1, 1, 1] };
  type Kernel = [outputs: number, perGroup: number, height: number, width: number];

  /** The convolution of an input [2, channels, ...size], and its gradients: names of their lowerings. */
  function names(options: ConvolutionOptions, kernel: Kernel, size: [number, number]) {
    const x = f32(2, kernel[1] * (options.groups ?? 1), ...size);
    const w = f32(...kernel);
    const y = conv2d(x, w, options);
    return {
      itself: namesOf(y),
      input: namesOf(convInputGradient(y, w, size, options)),
      weights: namesOf(convWeightGradient(x, y, [kernel[2], kernel[3]], options)),
    };
  }
  const namesOf = ({ node }: Value) => loweringsOf(node).map(({ name }) => name);

  it.each<[ConvolutionOptions, Kernel, [number, number], string[]]>([
    [plain, [8, 4, 3, 3], [6, 6], ["flipped", "transpose", "winograd"]],
    [plain, [8, 4, 1, 1], [6, 6], ["transpose"]],
    [plain, [16, 32, 3, 3], [6, 6], ["flipped", "transpose", "winograd", "blocked"]],
    [plain, [16, 8, 3, 3], [6, 6], ["flipped", "transpose", "winograd"]],
    [halving, [8, 4, 3, 3], [6, 6], ["transpose", "phases", "winograd"]],
    [halving, [16, 16, 3, 3], [6, 6], ["transpose", "phases", "blockedPhases", "winograd"]],
    [halving, [8, 4, 3, 3], [6, 5], ["transpose", "winograd"]],
    [{ padding: [3, 1, 1, 1] }, [8, 4, 3, 3], [6, 6], ["transpose"]],
    [{ dilation: [2, 1] }, [8, 4, 3, 3], [6, 6], ["transpose"]],
  ])("for the gradient of the input: %j %j %j", (options, kernel, size, expected) => {
    expect(names(options, kernel, size).input).toEqual(expected);
  });

  it("for the gradient of the weights depend on the groups", () => {
    const weights = (groups: number, kernel: Kernel) => names({ ...plain, groups }, kernel, [6, 6]).weights;
    expect(weights(1, [8, 4, 3, 3])).toEqual(["columns", "pixels", "taps", "batched", "swapped", "winograd"]);
    expect(weights(1, [8, 4, 1, 3])).toEqual(["columns", "pixels", "taps", "batched", "swapped"]);
    expect(weights(4, [4, 1, 3, 3])).toEqual(["depthwise"]);
    expect(weights(16, [16, 1, 3, 3])).toEqual(["depthwise", "blocked"]);
    expect(weights(4, [8, 1, 3, 3])).toEqual(["grouped"]);
    expect(weights(2, [8, 2, 3, 3])).toEqual(["grouped"]);
  });

  it("for itself are direct unless the kernel is 3×3 or the channels fill blocks", () => {
    expect(names(plain, [8, 4, 3, 3], [6, 6]).itself).toEqual(["direct", "winograd"]);
    expect(names(halving, [16, 16, 3, 3], [6, 6]).itself).toEqual(["direct", "winograd", "blocked"]);
    expect(names({}, [8, 4, 1, 1], [6, 6]).itself).toEqual(["direct"]);
    expect(names({ groups: 16 }, [16, 1, 3, 3], [6, 6]).itself).toEqual(["direct", "blocked"]);
  });

  it("are remembered under texts that do not change: checkpoints hold them", () => {
    const [x, w] = [f32(2, 4, 6, 5), f32(8, 4, 3, 3)];
    const y = conv2d(x, w, halving);
    const settings = "stride 2,2 padding 1,1,1,1 dilation 1,1 groups 1";
    expect([
      loweringKey(y.node),
      loweringKey(convInputGradient(y, w, [6, 5], halving).node),
      loweringKey(convWeightGradient(x, y, [3, 3], halving).node),
    ]).toEqual([
      `conv2d 2x4x6x5 8x4x3x3 size undefined ${settings}`,
      `convInputGradient 2x8x3x3 8x4x3x3 size 6,5 ${settings}`,
      `convWeightGradient 2x4x6x5 2x8x3x3 size 3,3 ${settings}`,
    ]);
    expect(loweringsOf(add(x, 1).node)).toEqual([]);
    expect(() => loweringKey(add(x, 1).node)).toThrow("internal: 'add' has no lowerings");
  });
});

describe("multiply-accumulates", () => {
  it("count products: of a convolution, of either gradient, and of matrices however they are read", () => {
    const [x, w] = [f32(5, 4, 6, 6), f32(8, 2, 3, 1)];
    const y = conv2d(x, w, { groups: 2 });
    // Each of 5 · 8 · 4 · 6 outputs takes 2 · 3 · 1 products.
    const expected = 5 * 8 * 4 * 6 * 6;
    expect(macsOf(y.node)).toBe(expected);
    expect(macsOf(convInputGradient(y, w, [6, 6], { groups: 2 }).node)).toBe(expected);
    expect(macsOf(convWeightGradient(x, y, [3, 1], { groups: 2 }).node)).toBe(expected);
    expect(macsOf(matmul(f32(2, 3), f32(3, 4)).node)).toBe(24);
    expect(macsOf(matmul(f32(3, 2), f32(4, 3), { transposeA: true, transposeB: true }).node)).toBe(24);
    expect(macsOf(add(x, 1).node)).toBe(0);
  });
});
