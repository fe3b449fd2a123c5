/**
 * Lowerings of the gradient of a convolution with respect to its weights. Notation: N images, C input channels, O
 * output channels, P output pixels of one image, K kernel taps.
 */
import type { Lowering, One, OnnxEmitter } from "../../op.ts";
import { fixedSize } from "../../shape.ts";
import { emitReshape, emitTranspose } from "../emit-layout.ts";
import { blockedWeightGradient, fitsBlocks, tapsReached } from "./blocks.ts";
import {
  type ConvolutionGeometry,
  isDepthwise,
  type KernelShape,
  ofWeightGradient,
  suitsWinograd,
  type WeightGradientInputs,
  type WeightGradientNode,
} from "./geometry.ts";
import type { GradientAttributes } from "./options.ts";
import { winogradWeightGradient } from "./winograd.ts";

type WeightGradientLowering = Lowering<WeightGradientInputs, GradientAttributes, One>;

/** What the lowerings work with. */
type Parts = {
  readonly onnx: OnnxEmitter;
  readonly x: string;
  readonly dy: string;
  readonly geometry: ConvolutionGeometry;
  /** N, C, O, P and K. */
  readonly batch: number;
  readonly channels: number;
  readonly outputs: number;
  readonly pixelCount: number;
  readonly tapCount: number;
};

/** Makes a lowering of a function of the parts. */
function lowering(
  when: (geometry: ConvolutionGeometry) => boolean,
  write: (parts: Parts) => string,
): WeightGradientLowering {
  return {
    when: (node) => when(ofWeightGradient(node)),
    emit: (onnx, [x, dy], node) => [write({ onnx, x, dy, ...sizesOf(node) })],
  };
}

function sizesOf(node: WeightGradientNode): Omit<Parts, "onnx" | "x" | "dy"> {
  const geometry = ofWeightGradient(node);
  const [outputs, perGroup, height, width] = geometry.w;
  const [rows, columns] = geometry.outputSize;
  return {
    geometry,
    batch: fixedSize("conv2d", node.inputs[0].shape[0]),
    channels: perGroup * geometry.groups,
    outputs,
    pixelCount: rows * columns,
    tapCount: height * width,
  };
}

const isUngrouped = ({ groups }: ConvolutionGeometry) => groups === 1;

/**
 * Channel-major im2col: all taps as rows [K·C, N·P], and dW = dY · columnsᵀ in one product that sums over N and
 * P.
 */
const columns = lowering(isUngrouped, (parts) => {
  const { onnx, dy, batch, channels, outputs, pixelCount, tapCount, geometry } = parts;
  const inner = batch * pixelCount;
  const channelMajor = emitTranspose(onnx, padded(parts), [1, 0, 2, 3]);
  const stacked = onnx.node("Concat", tapViews(parts, channelMajor), { axis: 0 });
  const rows = emitReshape(onnx, stacked, [tapCount * channels, inner]);
  const ofOutputs = emitReshape(onnx, emitTranspose(onnx, dy, [1, 0, 2, 3]), [outputs, inner]);
  const product = onnx.node("Gemm", [ofOutputs, rows], { transB: 1 });
  return tapsLast(onnx, product, geometry.w);
});

/**
 * Pixel-major im2col, for strides: with channels last a tap is copied in whole runs of C, and dWᵀ = columnsᵀ ·
 * dY.
 */
const pixels = lowering(isUngrouped, (parts) => {
  const { onnx, dy, batch, channels, outputs, pixelCount, tapCount, geometry } = parts;
  const inner = batch * pixelCount;
  const views = tapViews(parts, emitTranspose(onnx, padded(parts), [0, 2, 3, 1]), [1, 2]);
  const stacked = onnx.node("Concat", views, { axis: 3 });
  const rows = emitReshape(onnx, stacked, [inner, tapCount * channels]);
  const ofOutputs = emitReshape(onnx, emitTranspose(onnx, dy, [0, 2, 3, 1]), [inner, outputs]);
  const product = onnx.node("Gemm", [ofOutputs, rows], { transA: 1 });
  return tapsLast(onnx, product, geometry.w);
});

/** The same as `columns` without the stacked copy: one product for each tap. */
const taps = lowering(isUngrouped, (parts) => {
  const { onnx, dy, batch, channels, outputs, pixelCount, geometry } = parts;
  const inner = batch * pixelCount;
  const channelMajor = emitTranspose(onnx, padded(parts), [1, 0, 2, 3]);
  const ofOutputs = emitReshape(onnx, emitTranspose(onnx, dy, [1, 0, 2, 3]), [outputs, inner]);
  const products = tapViews(parts, channelMajor).map((view) =>
    onnx.node("Gemm", [ofOutputs, emitReshape(onnx, view, [channels, inner])], { transB: 1 }),
  );
  const side = onnx.node("Concat", products, { axis: 1 });
  return tapsLast(onnx, side, geometry.w);
});

/** im2col image by image: N products [O, P] · [P, K·C], then their sum. */
const batched = lowering(isUngrouped, (parts) => {
  const { onnx, dy, batch, channels, outputs, pixelCount, tapCount, geometry } = parts;
  const stacked = onnx.node("Concat", tapViews(parts, padded(parts)), { axis: 1 });
  const rows = emitReshape(onnx, stacked, [batch, tapCount * channels, pixelCount]);
  const ofOutputs = emitReshape(onnx, dy, [batch, outputs, pixelCount]);
  const products = onnx.node("MatMul", [ofOutputs, emitTranspose(onnx, rows, [0, 2, 1])]);
  const product = onnx.node("ReduceSum", [products, onnx.integers([0])], { keepdims: 0 });
  return tapsLast(onnx, product, geometry.w);
});

/** A convolution with the roles swapped: channels as images, dy as a kernel that the stride dilates. */
const swapped = lowering(isUngrouped, ({ onnx, x, dy, geometry }) => {
  const { stride, dilation, padding, w, outputSize } = geometry;
  const full = onnx.node("Conv", [emitTranspose(onnx, x, [1, 0, 2, 3]), emitTranspose(onnx, dy, [1, 0, 2, 3])], {
    kernel_shape: outputSize,
    strides: dilation,
    dilations: stride,
    pads: padding,
  });
  const [, , height, width] = w;
  const reach = tapsReached(geometry);
  const cut =
    reach[0] === height && reach[1] === width
      ? full
      : onnx.node("Slice", [full, onnx.integers([0, 0]), onnx.integers([height, width]), onnx.integers([2, 3])]);
  return emitTranspose(onnx, cut, [1, 0, 2, 3]);
});

/** Winograd's filtering (winograd.ts). */
const winograd = lowering(suitsWinograd, ({ onnx, x, dy, batch, geometry }) =>
  winogradWeightGradient(onnx, x, dy, { ...geometry, batch }),
);

/** Any grouping but a depthwise one: channel-major columns and a product for each group. */
const grouped = lowering(
  (geometry) => geometry.groups > 1 && !isDepthwise(geometry),
  (parts) => {
    const { onnx, dy, batch, outputs, pixelCount, tapCount, geometry } = parts;
    const { groups } = geometry;
    const [, perGroup] = geometry.w;
    const inner = batch * pixelCount;
    const views = tapViews(parts, emitTranspose(onnx, padded(parts), [1, 0, 2, 3]));
    const unsqueezed = views.map((view) => emitReshape(onnx, view, [groups, 1, perGroup, inner]));
    const stacked = onnx.node("Concat", unsqueezed, { axis: 1 });
    const rows = emitReshape(onnx, stacked, [groups, tapCount * perGroup, inner]);
    const ofOutputs = emitReshape(onnx, emitTranspose(onnx, dy, [1, 0, 2, 3]), [groups, outputs / groups, inner]);
    const product = onnx.node("MatMul", [ofOutputs, emitTranspose(onnx, rows, [0, 2, 1])]);
    const flat = emitReshape(onnx, product, [outputs, tapCount * perGroup]);
    return tapsLast(onnx, flat, geometry.w);
  },
);

/** One channel in, one out: for each tap Σ over images and pixels of dy times the pixels that the tap meets. */
const depthwise = lowering(isDepthwise, (parts) => {
  const { onnx, dy, outputs, geometry } = parts;
  const sums = tapViews(parts, padded(parts)).map((view) => {
    const product = onnx.node("Mul", [view, dy]);
    return onnx.node("ReduceSum", [product, onnx.integers([0, 2, 3])], { keepdims: 0 });
  });
  const columnsOfTaps = sums.map((sum) => emitReshape(onnx, sum, [outputs, 1]));
  const side = onnx.node("Concat", columnsOfTaps, { axis: 1 });
  return emitReshape(onnx, side, geometry.w);
});

/** A depthwise convolution with channels in blocks (blocks.ts). */
const blocked: WeightGradientLowering = {
  ...lowering(
    (geometry) => isDepthwise(geometry) && fitsBlocks(geometry),
    ({ onnx, x, dy, batch, geometry }) => blockedWeightGradient(onnx, x, dy, batch, geometry),
  ),
  needsBlocks: true,
};

/** Lowerings of `convWeightGradient`. */
export const weightGradientLowerings = {
  columns,
  pixels,
  taps,
  batched,
  swapped,
  winograd,
  grouped,
  depthwise,
  blocked,
};

/** x with its border of zeros: [N, C, H + top + bottom, W + left + right]. */
function padded({ onnx, x, geometry: { padding } }: Parts): string {
  if (padding.every((border) => border === 0)) return x;
  const [top, left, bottom, right] = padding;
  return onnx.node("Pad", [x, onnx.integers([0, 0, top, left, 0, 0, bottom, right])]);
}

/** The pixels of a padded feature map that one tap of the kernel meets: a map of dy's size, for each tap. */
function tapViews({ onnx, geometry, tapCount }: Parts, source: string, axes: readonly number[] = [2, 3]): string[] {
  const { w, stride, dilation, outputSize } = geometry;
  const [, , , width] = w;
  return Array.from({ length: tapCount }, (_, tap) => {
    const start = [Math.floor(tap / width) * dilation[0], (tap % width) * dilation[1]] as const;
    const end = [start[0] + (outputSize[0] - 1) * stride[0] + 1, start[1] + (outputSize[1] - 1) * stride[1] + 1];
    return onnx.node("Slice", [source, ...[start, end, axes, stride].map((values) => onnx.integers(values))]);
  });
}

/** [O, K·C] → [O, C, k, k]. */
function tapsLast(onnx: OnnxEmitter, product: string, [outputs, channels, height, width]: KernelShape): string {
  const byTap = emitReshape(onnx, product, [outputs, height * width, channels]);
  return emitReshape(onnx, emitTranspose(onnx, byTap, [0, 2, 1]), [outputs, channels, height, width]);
}
