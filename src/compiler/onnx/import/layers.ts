/** Convolution, pooling, normalization and products of matrices from ONNX. */

import type { ConvolutionOptions } from "../../graph/index.ts";
import {
  add,
  averagePool,
  batchNorm,
  constant,
  conv2d,
  convInputGradient,
  fixedSize,
  l2Normalize,
  matmul,
  maxPool,
  mul,
  type PoolOptions,
  reduceMax,
  reduceMean,
  reshape,
  typedArray,
  upsample,
  type Value,
} from "../../graph/index.ts";
import type { Importer, ImportNode } from "./node.ts";

type Pair = readonly [number, number];
type Borders = readonly [number, number, number, number];

function sizeOf(node: ImportNode, x: Value): Pair {
  if (x.shape.length !== 4) node.fail(`got shape [${x.shape}], expected [batch, channels, height, width]`);
  return [fixedSize(node.opType, x.shape[2]), fixedSize(node.opType, x.shape[3])];
}

/**
 * Borders as `pads` or `auto_pad` ask for. "SAME" keeps size / stride, and an odd border lies at the end or the start.
 */
function bordersOf(node: ImportNode, size: Pair, kernel: Pair, stride: Pair, dilation: Pair): Borders {
  const mode = node.string("auto_pad", "NOTSET");
  if (mode === "SAME_UPPER" || mode === "SAME_LOWER") {
    const ends = [0, 1].map((axis) => {
      const count = Math.ceil(size[axis]! / stride[axis]!);
      const total = Math.max(0, (count - 1) * stride[axis]! + dilation[axis]! * (kernel[axis]! - 1) + 1 - size[axis]!);
      const [small, large] = [Math.floor(total / 2), Math.ceil(total / 2)];
      return mode === "SAME_UPPER" ? [small, large] : [large, small];
    });
    return [ends[0]![0]!, ends[1]![0]!, ends[0]![1]!, ends[1]![1]!];
  }
  const pads = (mode === "VALID" ? undefined : node.integers("pads")) ?? [0, 0, 0, 0];
  if (pads.length !== 4 || pads.some((border) => border < 0)) {
    node.fail(`got pads [${pads}], expected four that are not negative`);
  }
  return pads as unknown as Borders;
}

function kernelOf(node: ImportNode, w: Value): Pair {
  if (w.shape.length !== 4) node.fail(`got weights [${w.shape}], expected four axes: pictures have two`);
  return [fixedSize(node.opType, w.shape[2]), fixedSize(node.opType, w.shape[3])];
}

const conv: Importer = (node) => {
  const [x, w, bias] = [node.value(0), node.value(1), node.optional(2)];
  const [stride, dilation] = [node.pair("strides", [1, 1]), node.pair("dilations", [1, 1])];
  const options: ConvolutionOptions = {
    stride,
    dilation,
    groups: node.integer("group", 1),
    padding: bordersOf(node, sizeOf(node, x), kernelOf(node, w), stride, dilation),
  };
  return conv2d(x, w, bias === undefined ? options : { ...options, bias });
};

/** A transposed convolution is the gradient of a convolution with respect to its pictures. */
const convTranspose: Importer = (node) => {
  const [x, w, bias] = [node.value(0), node.value(1), node.optional(2)];
  if (node.attribute("output_shape") !== undefined || node.string("auto_pad", "NOTSET") !== "NOTSET") {
    node.fail("got 'output_shape' or 'auto_pad', expected 'pads' and 'output_padding'");
  }
  const [size, kernel] = [sizeOf(node, x), kernelOf(node, w)];
  const [stride, dilation] = [node.pair("strides", [1, 1]), node.pair("dilations", [1, 1])];
  const padding = bordersOf(node, size, kernel, stride, dilation);
  const extra = node.integers("output_padding") ?? [0, 0];
  const groups = node.integer("group", 1);
  if (w.shape[0] !== x.shape[1] || groups < 1 || Number(x.shape[1]) % groups !== 0) {
    node.fail(`got [${x.shape}], weights [${w.shape}] and ${groups} groups, expected weights [channels, n, h, w]`);
  }
  const output = [0, 1].map((axis) => {
    const covered = (size[axis]! - 1) * stride[axis]! + dilation[axis]! * (kernel[axis]! - 1) + 1;
    return covered + (extra[axis] ?? 0) - padding[axis]! - padding[axis + 2]!;
  });
  if (output.some((length) => length < 1)) node.fail(`gives the size [${output}], expected positive numbers`);
  const y = convInputGradient(x, w, output as unknown as Pair, { stride, dilation, padding, groups });
  return bias === undefined ? y : add(y, reshape(bias, [...bias.shape, 1, 1]));
};

/** Windows, with `ceil_mode` written as a larger border at the ends. */
function poolOf(node: ImportNode, x: Value): Required<PoolOptions> {
  const [kernel, stride] = [node.pair("kernel_shape"), node.pair("strides", [1, 1])];
  if (node.pair("dilations", [1, 1]).some((step) => step !== 1)) node.fail("got dilations, expected none");
  const size = sizeOf(node, x);
  const borders = bordersOf(node, size, kernel, stride, [1, 1]);
  if (borders.some((border, i) => border >= kernel[i % 2]!)) {
    node.fail(`got borders [${borders}] and windows [${kernel}], expected windows that are larger`);
  }
  if (node.integer("ceil_mode", 0) === 0) return { kernel, stride, padding: borders };
  const ends = [0, 1].map((axis) => {
    const padded = size[axis]! + borders[axis]! + borders[axis + 2]!;
    const last = Math.ceil((padded - kernel[axis]!) / stride[axis]!) * stride[axis]!;
    // A window that would begin behind the picture is left out.
    const begins = last >= size[axis]! + borders[axis]! ? last - stride[axis]! : last;
    return borders[axis + 2]! + Math.max(0, begins + kernel[axis]! - padded);
  });
  return { kernel, stride, padding: [borders[0], borders[1], ends[0]!, ends[1]!] };
}

const averagePoolImporter: Importer = (node) => {
  const x = node.value(0);
  const options = poolOf(node, x);
  const size = sizeOf(node, x);
  const y = averagePool(x, options);
  if (options.padding.every((border) => border === 0)) return y;
  // Our mean counts all of the border; how many elements ONNX counts is known for each window.
  const borders =
    node.integer("count_include_pad", 0) !== 0
      ? bordersOf(node, size, options.kernel, options.stride, [1, 1])
      : [0, 0, 0, 0];
  const counts = [0, 1].map((axis) =>
    Array.from({ length: fixedSize(node.opType, y.shape[axis + 2]) }, (_, i) => {
      const start = i * options.stride[axis]! - options.padding[axis]!;
      const from = Math.max(start, -borders[axis]!);
      return Math.min(start + options.kernel[axis]!, size[axis]! + borders[axis + 2]!) - from;
    }),
  );
  const [rows, columns] = counts as [number[], number[]];
  const area = options.kernel[0] * options.kernel[1];
  const factors = rows.flatMap((height) => columns.map((width) => area / (height * width)));
  if (factors.every((factor) => factor === 1)) return y;
  return mul(y, constant(typedArray(y.type, factors), [rows.length, columns.length], y.type));
};

const batchNormalization: Importer = (node) => {
  if (node.integer("training_mode", 0) !== 0) node.fail("is in training mode: export the network for inference");
  const [x, scale, shift, mean, variance] = [0, 1, 2, 3, 4].map((index) => node.value(index));
  return batchNorm(x!, { scale: scale!, shift: shift!, mean: mean!, variance: variance! }, node.float("epsilon", 1e-5));
};

/** α·op(a)·op(b) + β·c. */
const gemm: Importer = (node) => {
  const scaled = (x: Value, factor: number): Value => (factor === 1 ? x : mul(x, factor));
  const product = matmul(node.value(0), node.value(1), {
    transposeA: node.integer("transA", 0) !== 0,
    transposeB: node.integer("transB", 0) !== 0,
  });
  const y = scaled(product, node.float("alpha", 1));
  const c = node.optional(2);
  return c === undefined ? y : add(y, scaled(c, node.float("beta", 1)));
};

/** Products with one matrix on the right; the rows of a higher-rank left side are put under each other. */
const matMul: Importer = (node) => {
  const [a, b] = [node.value(0), node.value(1)];
  if (a.shape.length < 2 || b.shape.length !== 2) {
    node.fail(`got [${a.shape}] × [${b.shape}], expected a matrix on the right: products of batches are not supported`);
  }
  if (a.shape.length === 2) return matmul(a, b);
  const rows = a.shape.slice(0, -1);
  const count = rows.reduce<number>((product, size) => product * fixedSize("MatMul", size), 1);
  return reshape(matmul(reshape(a, [count, a.shape.at(-1)!]), b), [...rows, b.shape[1]!]);
};

/** Enlarging by whole factors, each element repeated: the only resizing that networks for faces do. */
const resize: Importer = (node) => {
  const x = node.value(0);
  const size = sizeOf(node, x);
  const isOld = node.opType === "Upsample" || node.opset < 11;
  const scales = node.attribute("scales") ?? (isOld ? node.numbers(1) : node.numbers(2));
  const sizes = isOld ? undefined : node.dims(3);
  const factors =
    Array.isArray(scales) && scales.length > 0
      ? scales.map(Number)
      : (sizes ?? []).map((length, axis) => (length === x.shape[axis] ? 1 : Number(length) / (size[axis - 2] ?? 0)));
  const [batch, channels, vertical = 0, horizontal = 0] = factors;
  const isWhole = factors.length === 4 && factors.every((factor) => Number.isInteger(factor) && factor >= 1);
  if (!isWhole || batch !== 1 || channels !== 1) {
    node.fail(`got the factors [${factors}], expected [1, 1, n, m] with whole numbers`);
  }
  const mode = node.string("mode", "nearest");
  const coordinates = isOld ? "asymmetric" : node.string("coordinate_transformation_mode", "half_pixel");
  const rounding = isOld ? "floor" : node.string("nearest_mode", "round_prefer_floor");
  const isRounded = rounding.startsWith("round_prefer");
  // The combinations of options in which element i comes from ⌊i / n⌋.
  const repeats =
    (coordinates === "asymmetric" && rounding === "floor") ||
    (coordinates === "asymmetric" && rounding === "round_prefer_floor" && Math.max(vertical, horizontal) <= 2) ||
    (coordinates.endsWith("half_pixel") && isRounded);
  if (mode !== "nearest" || !repeats) {
    node.fail(`got mode '${mode}' with '${coordinates}' and '${rounding}', expected nearest neighbors that repeat`);
  }
  return upsample(x, [vertical, horizontal]);
};

const lpNormalization: Importer = (node) => {
  const x = node.value(0);
  const axis = node.integer("axis", -1);
  if (node.integer("p", 2) !== 2 || (axis !== -1 && axis !== x.shape.length - 1)) {
    node.fail("expected the Euclidean norm along the last axis");
  }
  return l2Normalize(x);
};

export const layerImporters: readonly (readonly [string, Importer])[] = [
  ["Conv", conv],
  ["ConvTranspose", convTranspose],
  ["Gemm", gemm],
  ["MatMul", matMul],
  ["BatchNormalization", batchNormalization],
  ["LpNormalization", lpNormalization],
  ["MaxPool", (node) => maxPool(node.value(0), poolOf(node, node.value(0)))],
  ["AveragePool", averagePoolImporter],
  ["GlobalAveragePool", (node) => reduceMean(pictures(node), { axes: [2, 3], keepDims: true })],
  ["GlobalMaxPool", (node) => reduceMax(pictures(node), { axes: [2, 3], keepDims: true })],
  ["Resize", resize],
  ["Upsample", resize],
];

function pictures(node: ImportNode): Value {
  const x = node.value(0);
  sizeOf(node, x);
  return x;
}
