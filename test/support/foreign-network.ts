/** A small embedder as other exporters write it, with a mixture of their habits; see test/onnx-bytes.ts. */
import { random } from "../../src/base/core/index.ts";
import { onnxBytes, type TestModel, type TestTensor } from "../onnx-bytes.ts";

const SIDE = 16;
const SIZE = 12;

/** What is special about the file. */
export type ForeignHabits = {
  /** Images that the file takes at once: one alone, or any number. Default 1. */
  readonly batch?: 1 | "N";
  /** The shape that its last feature map is reshaped to; default [1, −1], which holds the one image. */
  readonly flat?: readonly number[];
  /** More nodes behind the embedding "embedding", and the file's outputs. */
  readonly behind?: Pick<TestModel, "nodes"> & { readonly outputs: readonly string[] };
};

/**
 * 16×16 images → 12 numbers: convolutions with batch normalization, PReLU, ReLU, Clip, Swish and a gate of
 * channels; a depthwise one; some weights in `Constant` nodes; a fully connected layer and a batch normalization at
 * the end.
 */
export function foreignModel({ batch = 1, flat = [1, -1], behind }: ForeignHabits = {}): TestModel {
  const stream = random(9, "foreign network");
  const draw = (shape: readonly number[], low = -0.5, high = 0.5): TestTensor => {
    const count = shape.reduce((product, size) => product * size, 1);
    return { shape, values: Array.from({ length: count }, () => stream.uniform(low, high)) };
  };
  const statistics = (name: string, channels: number) => ({
    [`${name}.scale`]: draw([channels], 0.8, 1.2),
    [`${name}.shift`]: draw([channels], -0.1, 0.1),
    [`${name}.mean`]: draw([channels], -0.1, 0.1),
    [`${name}.variance`]: draw([channels], 0.5, 1),
  });
  const norm = (name: string) => ["scale", "shift", "mean", "variance"].map((part) => `${name}.${part}`);
  const number = (value: number): TestTensor => ({ shape: [], values: [value] });
  return {
    inputs: { data: [batch, 3, SIDE, SIDE] },
    initializers: {
      "446": draw([8, 3, 3, 3]),
      ...statistics("bn1", 8),
      learningRate: draw([8, 1, 1], 0.1, 0.4),
      "conv2.bias": draw([16], -0.1, 0.1),
      "gate.weight": draw([16, 16, 1, 1]),
      "dw.weight": draw([16, 1, 3, 3]),
      zero: number(0),
      six: number(6),
      flat: { shape: [flat.length], type: "i64", values: flat },
      "fc.weight": draw([SIZE, 64], -0.2, 0.2),
      "fc.bias": draw([SIZE], -0.1, 0.1),
      last: draw([SIZE, SIZE], -0.4, 0.4),
      ...statistics("bn2", SIZE),
    },
    nodes: [
      ["Conv", ["data", "446"], ["c1"], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }],
      ["BatchNormalization", ["c1", ...norm("bn1")], ["b1"]],
      ["PRelu", ["b1", "learningRate"], ["p1"]],
      ["Constant", [], ["conv2.weight"], { value: { tensor: draw([16, 8, 3, 3]) } }],
      ["Conv", ["p1", "conv2.weight", "conv2.bias"], ["c2"], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }],
      ["Sigmoid", ["c2"], ["s2"]],
      ["Mul", ["c2", "s2"], ["a2"]],
      ["GlobalAveragePool", ["a2"], ["g2"]],
      ["Conv", ["g2", "gate.weight"], ["g3"], { kernel_shape: [1, 1] }],
      ["Sigmoid", ["g3"], ["g4"]],
      ["Mul", ["a2", "g4"], ["m2"]],
      ["Conv", ["m2", "dw.weight"], ["c3"], { kernel_shape: [3, 3], strides: [4, 4], pads: [1, 1, 1, 1], group: 16 }],
      ["Clip", ["c3", "zero", "six"], ["r3"]],
      ["Dropout", ["r3"], ["d3"]],
      ["Reshape", ["d3", "flat"], ["f3"]],
      ["Gemm", ["f3", "fc.weight", "fc.bias"], ["e1"], { transB: 1 }],
      ["MatMul", ["e1", "last"], ["e2"]],
      ["BatchNormalization", ["e2", ...norm("bn2")], ["embedding"]],
      ...(behind?.nodes ?? []),
    ],
    outputs: behind?.outputs ?? ["embedding"],
  };
}

/** The bytes of such a file. */
export const foreignFile = (habits: ForeignHabits = {}): Uint8Array => onnxBytes(foreignModel(habits));
