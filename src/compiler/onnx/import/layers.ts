/** Convolution, pooling, normalization and products of matrices from ONNX. */

import {
  add,
  averagePool,
  type Borders,
  batchMatmul,
  batchNorm,
  constant,
  conv2d,
  convInputGradient,
  eachAxis,
  fixedSize,
  isFixedShape,
  l2Normalize,
  matmul,
  maxPool,
  mul,
  type PoolOptions,
  reduceMax,
  reduceMean,
  reshape,
  type Spatial,
  slidingOf,
  typedArray,
  upsample,
  type Value,
} from "../../graph/index.ts";
import type { Importer, ImportNode } from "./node.ts";
import { resample } from "./resample.ts";

function sizeOf(node: ImportNode, x: Value): Spatial {
  if (x.shape.length !== 4) node.fail(`got shape [${x.shape}], expected [batch, channels, height, width]`);
  return [fixedSize(node.opType, x.shape[2]), fixedSize(node.opType, x.shape[3])];
}

/** How a window slides over an image. */
type Window = { readonly kernel: Spatial; readonly stride: Spatial; readonly dilation: Spatial };

/** Elements of an axis that a window covers. */
const reach = ({ kernel, dilation }: Window, axis: 0 | 1) => dilation[axis] * (kernel[axis] - 1) + 1;

/**
 * Borders as `pads` or `auto_pad` ask for. "SAME" keeps size / stride, with the larger half of an odd border at the end
 * (SAME_UPPER) or at the start.
 */
function bordersOf(node: ImportNode, size: Spatial, window: Window): Borders {
  const mode = node.string("auto_pad", "NOTSET");
  if (mode === "SAME_UPPER" || mode === "SAME_LOWER") {
    const [[top, bottom], [left, right]] = eachAxis(size, (length, axis) => {
      const stride = window.stride[axis];
      const total = Math.max(0, (Math.ceil(length / stride) - 1) * stride + reach(window, axis) - length);
      const [small, large] = [Math.floor(total / 2), Math.ceil(total / 2)];
      return mode === "SAME_UPPER" ? [small, large] : [large, small];
    });
    return [top, left, bottom, right] as Borders;
  }
  const pads = (mode === "VALID" ? undefined : node.integers("pads")) ?? [0, 0, 0, 0];
  const [top, left, bottom, right] = pads;
  if (pads.length !== 4 || pads.some((border) => border < 0)) {
    node.fail(`got pads [${pads}], expected four that are not negative`);
  }
  return [top, left, bottom, right] as Borders;
}

function kernelOf(node: ImportNode, w: Value): Spatial {
  if (w.shape.length !== 4) node.fail(`got weights [${w.shape}], expected four axes: images have two`);
  return [fixedSize(node.opType, w.shape[2]), fixedSize(node.opType, w.shape[3])];
}

const conv: Importer = (node) => {
  const [x, w, bias] = [node.value(0), node.value(1), node.optional(2)];
  if (x.shape.length === 3 && w.shape.length === 3) return conv1d(node, x, w, bias);
  const size = sizeOf(node, x);
  const window = windowOf(node, kernelOf(node, w));
  const { stride, dilation } = window;
  const padding = bordersOf(node, size, window);
  const options = { stride, dilation, groups: node.integer("group", 1), padding };
  return conv2d(x, w, bias === undefined ? options : { ...options, bias });
};

/** A convolution along one axis is that of images of one row. */
function conv1d(node: ImportNode, x: Value, w: Value, bias: Value | undefined): Value {
  const [stride = 1] = node.integers("strides") ?? [];
  const [dilation = 1] = node.integers("dilations") ?? [];
  const [before = 0, after = 0] = node.integers("pads") ?? [];
  if (node.string("auto_pad", "NOTSET") !== "NOTSET") node.fail("got 'auto_pad', expected 'pads'");
  const groups = node.integer("group", 1);
  const options = { stride: [1, stride], dilation: [1, dilation], groups, padding: [0, before, 0, after] } as const;
  const [rowed, kernel] = [x, w].map((value) => reshape(value, value.shape.toSpliced(2, 0, 1)));
  if (rowed === undefined || kernel === undefined) return node.fail("internal: got no input");
  const y = conv2d(rowed, kernel, bias === undefined ? options : { ...options, bias });
  return reshape(y, y.shape.toSpliced(2, 1));
}

function windowOf(node: ImportNode, kernel: Spatial): Window {
  return { kernel, stride: node.pair("strides", [1, 1]), dilation: node.pair("dilations", [1, 1]) };
}

/** A transposed convolution is the gradient of a convolution with respect to its input. */
const convTranspose: Importer = (node) => {
  const [x, w, bias] = [node.value(0), node.value(1), node.optional(2)];
  if (node.attribute("output_shape") !== undefined || node.string("auto_pad", "NOTSET") !== "NOTSET") {
    node.fail("got 'output_shape' or 'auto_pad', expected 'pads' and 'output_padding'");
  }
  const size = sizeOf(node, x);
  const window = windowOf(node, kernelOf(node, w));
  const { stride, dilation } = window;
  const padding = bordersOf(node, size, window);
  const sliding = slidingOf({ stride, padding, dilation });
  const extra = node.integers("output_padding") ?? [0, 0];
  const groups = node.integer("group", 1);
  if (w.shape[0] !== x.shape[1] || groups < 1 || Number(x.shape[1]) % groups !== 0) {
    node.fail(`got [${x.shape}], weights [${w.shape}] and ${groups} groups, expected weights [channels, n, h, w]`);
  }
  const output = eachAxis(sliding, ({ before, after }, axis) => {
    const covered = (size[axis] - 1) * stride[axis] + reach(window, axis);
    return covered + (extra[axis] ?? 0) - before - after;
  });
  if (output.some((length) => length < 1)) node.fail(`gives the size [${output}], expected positive numbers`);
  const y = convInputGradient(x, w, output, { stride, dilation, padding, groups });
  return bias === undefined ? y : add(y, reshape(bias, [...bias.shape, 1, 1]));
};

/** Windows, with `ceil_mode` written as a larger border at the ends. */
function poolOf(node: ImportNode, x: Value): Required<PoolOptions> {
  const window = windowOf(node, node.pair("kernel_shape"));
  const { kernel, stride, dilation } = window;
  if (dilation.some((step) => step !== 1)) node.fail("got dilations, expected none");
  const size = sizeOf(node, x);
  const padding = bordersOf(node, size, window);
  const sliding = slidingOf({ stride, padding });
  if (eachAxis(sliding, ({ before, after }, axis) => Math.max(before, after) >= kernel[axis]).includes(true)) {
    node.fail(`got borders [${padding}] and windows [${kernel}], expected windows that are larger`);
  }
  if (node.integer("ceil_mode", 0) === 0) return { kernel, stride, padding };
  const [bottom, right] = eachAxis(sliding, ({ before, after }, axis) => {
    const padded = size[axis] + before + after;
    const last = Math.ceil((padded - kernel[axis]) / stride[axis]) * stride[axis];
    // A window that would begin behind the image is left out.
    const begins = last >= size[axis] + before ? last - stride[axis] : last;
    return after + Math.max(0, begins + kernel[axis] - padded);
  });
  return { kernel, stride, padding: [padding[0], padding[1], bottom, right] };
}

/** Largest count of windows, rows times columns, whose divisors are written out. */
const MOST_WINDOWS = 2 ** 24;

const averagePoolImporter: Importer = (node) => {
  const x = node.value(0);
  const options = poolOf(node, x);
  const { kernel, stride, padding } = options;
  const size = sizeOf(node, x);
  const y = averagePool(x, options);
  if (padding.every((border) => border === 0)) return y;
  const outputSize = sizeOf(node, y);
  if (outputSize[0] * outputSize[1] > MOST_WINDOWS) {
    node.fail(`gives ${outputSize.join("×")} windows, expected at most ${MOST_WINDOWS}`);
  }
  // Our mean counts the whole border; the elements that ONNX counts are known for each window.
  const counted: Borders =
    node.integer("count_include_pad", 0) === 0 ? [0, 0, 0, 0] : bordersOf(node, size, windowOf(node, kernel));
  const [rows, columns] = eachAxis(slidingOf({ stride, padding: counted }), ({ before, after }, axis) =>
    Array.from({ length: outputSize[axis] }, (_, i) => {
      const start = i * stride[axis] - padding[axis];
      return Math.min(start + kernel[axis], size[axis] + after) - Math.max(start, -before);
    }),
  );
  const area = kernel[0] * kernel[1];
  const factors = rows.flatMap((height) => columns.map((width) => area / (height * width)));
  if (factors.every((factor) => factor === 1)) return y;
  return mul(y, constant(typedArray(y.type, factors), [rows.length, columns.length], y.type));
};

/** Before opset 14, outputs beside the first stand for training mode. */
const batchNormalization: Importer = (node) => {
  const isTraining = node.opset < 14 ? node.outputCount > 1 : node.integer("training_mode", 0) !== 0;
  if (isTraining) node.fail("is in training mode: export the network for inference");
  const [scale, shift, mean, variance] = [node.value(1), node.value(2), node.value(3), node.value(4)];
  return batchNorm(node.value(0), { scale, shift, mean, variance }, node.float("epsilon", 1e-5));
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

/** Products of matrices in the last two axes. With one matrix on the right, the rows of the left side are stacked. */
const matMul: Importer = (node) => {
  const [a, b] = [node.value(0), node.value(1)];
  if (a.shape.length < 2 || b.shape.length < 2) {
    node.fail(`got [${a.shape}] × [${b.shape}], expected matrices in the last two axes`);
  }
  if (a.shape.length === 2 && b.shape.length === 2) return matmul(a, b);
  if (b.shape.length > 2 || !isFixedShape(a.shape)) return batchMatmul(a, b);
  const [rows, inner] = [a.shape.slice(0, -1), a.shape.slice(-1)];
  const count = rows.reduce<number>((product, size) => product * fixedSize("MatMul", size), 1);
  return reshape(matmul(reshape(a, [count, ...inner]), b), [...rows, ...b.shape.slice(1)]);
};

/** Enlarging by whole factors, each element repeated, and any other resizing by products with matrices. */
const resize: Importer = (node) => {
  const x = node.value(0);
  if (x.shape.length !== 4) return resample(node);
  const size = sizeOf(node, x);
  const isOld = node.opType === "Upsample" || node.opset < 11;
  const scales = node.attribute("scales") ?? (isOld ? node.numbers(1) : node.numbers(2));
  const sizes = isOld ? undefined : node.dims(3);
  const factors =
    Array.isArray(scales) && scales.length > 0
      ? scales.map(Number)
      : (sizes ?? []).map((length, axis) =>
          length === x.shape[axis] || (axis === 0 && length === 1) ? 1 : Number(length) / (size[axis - 2] ?? 0),
        );
  const [batch, channels, vertical = 0, horizontal = 0] = factors;
  const isWhole = factors.length === 4 && factors.every((factor) => Number.isInteger(factor) && factor >= 1);
  if (!isWhole || batch !== 1 || channels !== 1) return resample(node);
  const mode = node.string("mode", "nearest");
  const coordinates = isOld ? "asymmetric" : node.string("coordinate_transformation_mode", "half_pixel");
  const rounding = isOld ? "floor" : node.string("nearest_mode", "round_prefer_floor");
  const isRounded = rounding.startsWith("round_prefer");
  // The combinations of options in which element i comes from ⌊i / n⌋.
  const repeats =
    (coordinates === "asymmetric" && rounding === "floor") ||
    (coordinates === "asymmetric" && rounding === "round_prefer_floor" && Math.max(vertical, horizontal) <= 2) ||
    (coordinates.endsWith("half_pixel") && isRounded);
  if (mode !== "nearest" || !repeats) return resample(node);
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

/** Importers by op type. */
export const layerImporters: readonly (readonly [string, Importer])[] = [
  ["Conv", conv],
  ["ConvTranspose", convTranspose],
  ["Gemm", gemm],
  ["MatMul", matMul],
  ["BatchNormalization", batchNormalization],
  ["LpNormalization", lpNormalization],
  ["MaxPool", (node) => maxPool(node.value(0), poolOf(node, node.value(0)))],
  ["AveragePool", averagePoolImporter],
  ["GlobalAveragePool", (node) => reduceMean(featureMap(node), { axes: [2, 3], keepDims: true })],
  ["GlobalMaxPool", (node) => reduceMax(featureMap(node), { axes: [2, 3], keepDims: true })],
  ["Resize", resize],
  ["Upsample", resize],
];

function featureMap(node: ImportNode): Value {
  const x = node.value(0);
  sizeOf(node, x);
  return x;
}
