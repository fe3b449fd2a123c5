/**
 * The ways in which convolutions and their gradients are written as ONNX nodes. Notation: N pictures, C input channels,
 * O output channels, P = output pixels of one picture, K = kernel taps, k×k the kernel.
 */
import type { EmittedNode, OnnxEmitter } from "../op.ts";
import { fixedSize } from "../shape.ts";
import type { Attributes } from "../value.ts";
import { BLOCKED, blockedConvolution, blockedWeightGradient, fitsBlocks, isDepthwise } from "./blocked-convolution.ts";
import { type ConvolutionAttributes, completeConvolution } from "./convolution-options.ts";
import { emitReshape, emitTranspose } from "./emit-layout.ts";
import {
  type WinogradConvolution,
  winogradConvolution,
  winogradInputGradient,
  winogradWeightGradient,
} from "./winograd.ts";

type ConvolutionShape = ConvolutionAttributes & { readonly w: readonly number[]; readonly size: readonly number[] };

/** Lowerings of a convolution itself that can do it; the first is the fixed rule. */
export function convolutionLowerings(node: ConvolutionShape): readonly string[] {
  const names = ["direct"];
  if (isWinograd(node)) names.push("winograd");
  if (fitsBlocks(node)) names.push(BLOCKED);
  return names;
}

/** Lowerings of the gradient with respect to the pictures that can do a convolution; the first is the fixed rule. */
export function inputGradientLowerings(node: ConvolutionShape): readonly string[] {
  const isStride1 = node.stride[0] === 1 && node.stride[1] === 1;
  const names = ["transpose"];
  if (isStride1 && isPlain(node)) names.unshift("flipped");
  if (isHalving(node)) names.push("phases");
  if (isHalving(node) && fitsBlocks(node)) names.push("blockedPhases");
  if (isWinograd(node)) names.push("winograd");
  if (isStride1 && isPlain(node) && fitsBlocks(node)) names.push(BLOCKED);
  return names;
}

/** Lowerings of the gradient with respect to the weights that can do a convolution; the first is the fixed rule. */
export function weightGradientLowerings(node: ConvolutionShape): readonly string[] {
  const names = ["columns", "pixels", "taps", "batched", "swapped"];
  if (node.groups === 1) return isWinograd(node) ? [...names, "winograd"] : names;
  if (!isDepthwise(node)) return ["grouped"];
  return fitsBlocks(node) ? ["depthwise", BLOCKED] : ["depthwise"];
}

/** No dilation, and no padding beyond the kernel: what a flipped kernel can undo. */
function isPlain({ dilation, padding, w }: ConvolutionShape): boolean {
  const reach = [w[2]! - 1, w[3]! - 1];
  return dilation.every((step) => step === 1) && padding.every((border, i) => border <= reach[i % 2]!);
}

/** A 3×3 convolution with stride 1 or 2 in both directions, ungrouped. */
function isWinograd(node: ConvolutionShape): boolean {
  const [down, right] = node.stride;
  return node.groups === 1 && isPlain(node) && down === right && down <= 2 && node.w[2] === 3 && node.w[3] === 3;
}

/** A 3×3 convolution with stride 2 and padding 1 that halves both sides, ungrouped. */
function isHalving({ stride, padding, dilation, groups, w, size }: ConvolutionShape): boolean {
  return (
    groups === 1 &&
    stride.every((step) => step === 2) &&
    dilation.every((step) => step === 1) &&
    padding.every((border) => border === 1) &&
    w[2] === 3 &&
    w[3] === 3 &&
    size.every((length) => length % 2 === 0)
  );
}

/** Weights as ONNX has them: their name and shape [outputs, channels / groups, height, width]. */
type Kernel = { readonly name: string; readonly shape: readonly number[] };

const convolutionOf = ({ attributes }: EmittedNode) => attributes as Attributes & ConvolutionAttributes;
const sizes = (shape: EmittedNode["outputs"][number]["shape"]) => shape.map((size) => fixedSize("conv2d", size));

/** ONNX `Conv`, Winograd's way, or blocks of channels. */
export function emitConvolution(onnx: OnnxEmitter, inputs: readonly string[], node: EmittedNode): string[] {
  const { lowering, ...options } = convolutionOf(node);
  const { stride, padding, dilation, groups } = options;
  if (lowering === "winograd") {
    const [x, w, bias] = inputs;
    const [from, weights] = [sizes(node.inputs[0]!.shape.slice(1)), sizes(node.inputs[1]!.shape)];
    const what = winogradOf(from.slice(1), sizes(node.outputs[0]!.shape.slice(2)), weights, options);
    return [withBias(onnx, winogradConvolution(onnx, x!, w!, what), bias, node)];
  }
  if (lowering === BLOCKED) {
    const [x, w, bias] = inputs;
    return [blockedConvolution(onnx, x!, { name: w!, shape: sizes(node.inputs[1]!.shape) }, options, bias)];
  }
  return onnx.node("Conv", inputs, { strides: stride, pads: padding, dilations: dilation, group: groups });
}

/** What Winograd's way is told of a convolution. */
function winogradOf(
  inputSize: readonly number[],
  outputSize: readonly number[],
  [outputs, channels]: readonly number[],
  { stride, padding }: ConvolutionAttributes,
  batch?: number,
): WinogradConvolution {
  return {
    channels: channels!,
    outputs: outputs!,
    inputSize: inputSize as [number, number],
    outputSize: outputSize as [number, number],
    stride: stride[0],
    border: [padding[0], padding[1]],
    ...(batch === undefined ? {} : { batch }),
  };
}

function withBias(onnx: OnnxEmitter, y: string, bias: string | undefined, node: EmittedNode): string {
  if (bias === undefined) return y;
  return onnx.node("Add", [y, emitReshape(onnx, bias, [1, ...sizes(node.inputs[2]!.shape), 1, 1])])[0]!;
}

export function emitInputGradient(onnx: OnnxEmitter, [dy, w]: readonly string[], node: EmittedNode): string[] {
  const options = convolutionOf(node);
  const weightShape = sizes(node.inputs[1]!.shape);
  const size = options.size as unknown as readonly [number, number];
  const lowering = options.lowering ?? inputGradientLowerings({ ...options, w: weightShape, size })[0];
  if (lowering === "flipped" || lowering === BLOCKED) {
    const { kernel, padding } = flipped(onnx, { name: w!, shape: weightShape }, options);
    const { groups } = options;
    if (lowering === "flipped") return onnx.node("Conv", [dy!, kernel.name], { pads: padding, group: groups });
    return [blockedConvolution(onnx, dy!, kernel, { ...options, padding })];
  }
  if (lowering === "phases") {
    return phases(onnx, w!, weightShape, (kernel, pads) => onnx.node("Conv", [dy!, kernel.name], { pads })[0]!);
  }
  if (lowering === "blockedPhases") {
    return phases(onnx, w!, weightShape, (kernel, padding) =>
      blockedConvolution(onnx, dy!, kernel, { ...completeConvolution({}), padding }),
    );
  }
  if (lowering === "winograd") {
    const outputSize = sizes(node.inputs[0]!.shape.slice(2));
    const [batch] = sizes(node.inputs[0]!.shape);
    return [winogradInputGradient(onnx, dy!, w!, winogradOf(size, outputSize, weightShape, options, batch))];
  }
  return transposedConvolution(onnx, dy!, w!, node);
}

/** ONNX `ConvTranspose`, with the output padding that brings back sizes which the stride rounded down. */
function transposedConvolution(onnx: OnnxEmitter, dy: string, w: string, node: EmittedNode): string[] {
  const { stride, padding, dilation, groups, size } = convolutionOf(node) as ConvolutionShape;
  const dyShape = sizes(node.inputs[0]!.shape.slice(2));
  const kernel = sizes(node.inputs[1]!.shape.slice(2));
  const missing = [0, 1].map((axis) => {
    const covered = (dyShape[axis]! - 1) * stride[axis]! + dilation[axis]! * (kernel[axis]! - 1) + 1;
    return size[axis]! - (covered - padding[axis]! - padding[axis + 2]!);
  });
  // ConvTranspose cuts `pads` off: cutting less at the end is the same as padding the output there.
  const pads = [padding[0], padding[1], padding[2] - missing[0]!, padding[3] - missing[1]!];
  const canCut = pads.every((border) => border >= 0);
  return onnx.node("ConvTranspose", [dy, w], {
    strides: stride,
    dilations: dilation,
    group: groups,
    pads: canCut ? pads : padding,
    ...(canCut ? {} : { output_padding: missing }),
  });
}

/** Stride 1: dx is dy convolved with the kernel turned by 180° and its channels swapped, and with this padding. */
function flipped(onnx: OnnxEmitter, w: Kernel, options: ConvolutionAttributes) {
  const [outputs, perGroup, height, width] = w.shape as [number, number, number, number];
  const { padding, groups } = options;
  const turned = turn(onnx, w.name, height * width > 1);
  const grouped = emitReshape(onnx, turned, [groups, outputs / groups, perGroup, height, width]);
  const swapped = emitTranspose(onnx, grouped, [0, 2, 1, 3, 4]);
  const shape = [groups * perGroup, outputs / groups, height, width];
  return {
    kernel: { name: emitReshape(onnx, swapped, shape), shape },
    padding: [
      height - 1 - padding[0],
      width - 1 - padding[1],
      height - 1 - padding[2],
      width - 1 - padding[3],
    ] as const,
  };
}

function turn(onnx: OnnxEmitter, w: string, isNeeded: boolean): string {
  if (!isNeeded) return w;
  const [start, end, axes, steps] = [
    [-1, -1],
    [-10_000, -10_000],
    [2, 3],
    [-1, -1],
  ].map((v) => onnx.integers(v));
  return onnx.node("Slice", [w, start!, end!, axes!, steps!])[0]!;
}

/**
 * Stride 2, 3×3, padding 1: the four pixels of each 2×2 block of dx see 1, 2, 2 and 4 taps of the kernel. In one row:
 * dx[2a] = w₁·dy[a] and dx[2a + 1] = w₂·dy[a] + w₀·dy[a + 1]. So four small convolutions of dy give the four pixels as
 * channels, and DepthToSpace puts them in place.
 */
function phases(
  onnx: OnnxEmitter,
  w: string,
  [outputs, channels]: readonly number[],
  convolve: (kernel: Kernel, padding: ConvolutionAttributes["padding"]) => string,
): string[] {
  const swapped = emitTranspose(onnx, w, [1, 0, 2, 3]);
  // Per axis: the first tap to take, how many, and the step between them: w₁ alone, or w₂ and w₀.
  const [even, odd] = [
    { start: 1, end: 2, step: 1, count: 1 },
    { start: 2, end: -4, step: -2, count: 2 },
  ] as const;
  const pixels = [even, odd].flatMap((row) =>
    [even, odd].map((column) => {
      const range = [
        [row.start, column.start],
        [row.end, column.end],
        [2, 3],
        [row.step, column.step],
      ];
      const [taps] = onnx.node("Slice", [swapped, ...range.map((values) => onnx.integers(values))]);
      const kernel = { name: taps!, shape: [channels!, outputs!, row.count, column.count] };
      return convolve(kernel, [0, 0, row.count - 1, column.count - 1]);
    }),
  );
  const [blocks] = onnx.node("Concat", pixels, { axis: 1 });
  return onnx.node("DepthToSpace", [blocks!], { blocksize: 2, mode: "DCR" });
}

export function emitWeightGradient(onnx: OnnxEmitter, [x, dy]: readonly string[], node: EmittedNode): string[] {
  const options = convolutionOf(node) as Attributes & ConvolutionAttributes & { size: readonly [number, number] };
  const xShape = sizes(node.inputs[0]!.shape);
  const dyShape = sizes(node.inputs[1]!.shape);
  const w = sizes(node.outputs[0]!.shape);
  const lowering = options.lowering ?? weightGradientLowerings({ ...options, w, size: xShape.slice(2) })[0];
  const parts: WeightGradientParts = { onnx, x: x!, dy: dy!, xShape, dyShape, w, options };
  switch (lowering) {
    case "columns":
      return columns(parts);
    case "pixels":
      return pixelMajor(parts);
    case "taps":
      return taps(parts);
    case "batched":
      return batched(parts);
    case "swapped":
      return swapped(parts);
    case "depthwise":
      return depthwise(parts);
    case BLOCKED:
      return [blockedWeightGradient(onnx, { name: x!, shape: xShape }, { name: dy!, shape: dyShape }, w, options)];
    case "winograd":
      return [
        winogradWeightGradient(onnx, x!, dy!, winogradOf(xShape.slice(2), dyShape.slice(2), w, options, xShape[0])),
      ];
    default:
      return grouped(parts);
  }
}

type WeightGradientParts = {
  readonly onnx: OnnxEmitter;
  readonly x: string;
  readonly dy: string;
  readonly xShape: readonly number[];
  readonly dyShape: readonly number[];
  readonly w: readonly number[];
  readonly options: ConvolutionAttributes;
};

/** x with its border of zeros: [N, C, H + top + bottom, W + left + right]. */
function padded({ onnx, x, options: { padding } }: WeightGradientParts): string {
  if (padding.every((border) => border === 0)) return x;
  const [top, left, bottom, right] = padding;
  return onnx.node("Pad", [x, onnx.integers([0, 0, top, left, 0, 0, bottom, right])])[0]!;
}

/** The pixels of a padded picture that one tap of the kernel meets: an image of dy's size, for each tap. */
function tapViews(parts: WeightGradientParts, source: string, axes: readonly [number, number] = [2, 3]): string[] {
  const { onnx, dyShape, w, options } = parts;
  const [stride, dilation] = [options.stride, options.dilation];
  return Array.from({ length: w[2]! * w[3]! }, (_, tap) => {
    const start = [Math.floor(tap / w[3]!) * dilation[0], (tap % w[3]!) * dilation[1]];
    const end = start.map((first, axis) => first + (dyShape[axis + 2]! - 1) * stride[axis]! + 1);
    return onnx.node("Slice", [
      source,
      onnx.integers(start),
      onnx.integers(end),
      onnx.integers(axes),
      onnx.integers(stride),
    ])[0]!;
  });
}

/** Channel-major im2col: all taps as rows [K·C, N·P], and dW = dY · columnsᵀ in one product that sums over N and P. */
function columns(parts: WeightGradientParts): string[] {
  const { onnx, dy, dyShape, xShape, w } = parts;
  const inner = dyShape[0]! * dyShape[2]! * dyShape[3]!;
  const channelMajor = emitTranspose(onnx, padded(parts), [1, 0, 2, 3]);
  const [stacked] = onnx.node("Concat", tapViews(parts, channelMajor), { axis: 0 });
  const rows = emitReshape(onnx, stacked!, [w[2]! * w[3]! * xShape[1]!, inner]);
  const outputs = emitReshape(onnx, emitTranspose(onnx, dy, [1, 0, 2, 3]), [w[0]!, inner]);
  const [product] = onnx.node("Gemm", [outputs, rows], { transB: 1 });
  return [tapsLast(onnx, product!, w)];
}

/** Pixel-major im2col, for strides: with channels last a tap is copied in whole runs of C, and dWᵀ = columnsᵀ · dY. */
function pixelMajor(parts: WeightGradientParts): string[] {
  const { onnx, dy, dyShape, xShape, w } = parts;
  const inner = dyShape[0]! * dyShape[2]! * dyShape[3]!;
  const views = tapViews(parts, emitTranspose(onnx, padded(parts), [0, 2, 3, 1]), [1, 2]);
  const [stacked] = onnx.node("Concat", views, { axis: 3 });
  const rows = emitReshape(onnx, stacked!, [inner, w[2]! * w[3]! * xShape[1]!]);
  const outputs = emitReshape(onnx, emitTranspose(onnx, dy, [0, 2, 3, 1]), [inner, w[0]!]);
  const [product] = onnx.node("Gemm", [outputs, rows], { transA: 1 });
  return [tapsLast(onnx, product!, w)];
}

/** The same as `columns` without the stacked copy: one product for each tap. */
function taps(parts: WeightGradientParts): string[] {
  const { onnx, dy, dyShape, xShape, w } = parts;
  const inner = dyShape[0]! * dyShape[2]! * dyShape[3]!;
  const channelMajor = emitTranspose(onnx, padded(parts), [1, 0, 2, 3]);
  const outputs = emitReshape(onnx, emitTranspose(onnx, dy, [1, 0, 2, 3]), [w[0]!, inner]);
  const products = tapViews(parts, channelMajor).map(
    (view) => onnx.node("Gemm", [outputs, emitReshape(onnx, view, [xShape[1]!, inner])], { transB: 1 })[0]!,
  );
  const [side] = onnx.node("Concat", products, { axis: 1 });
  return [tapsLast(onnx, side!, w)];
}

/** im2col picture by picture: N products [O, P] · [P, K·C], then their sum. */
function batched(parts: WeightGradientParts): string[] {
  const { onnx, dy, dyShape, xShape, w } = parts;
  const pixels = dyShape[2]! * dyShape[3]!;
  const [stacked] = onnx.node("Concat", tapViews(parts, padded(parts)), { axis: 1 });
  const rows = emitReshape(onnx, stacked!, [xShape[0]!, w[2]! * w[3]! * xShape[1]!, pixels]);
  const outputs = emitReshape(onnx, dy, [dyShape[0]!, w[0]!, pixels]);
  const [products] = onnx.node("MatMul", [outputs, emitTranspose(onnx, rows, [0, 2, 1])]);
  const [product] = onnx.node("ReduceSum", [products!, onnx.integers([0])], { keepdims: 0 });
  return [tapsLast(onnx, product!, w)];
}

/** A convolution with the roles swapped: channels as pictures, dy as a kernel that the stride dilates. */
function swapped(parts: WeightGradientParts): string[] {
  const { onnx, x, dy, xShape, dyShape, w, options } = parts;
  const { stride, dilation, padding } = options;
  const [full] = onnx.node("Conv", [emitTranspose(onnx, x, [1, 0, 2, 3]), emitTranspose(onnx, dy, [1, 0, 2, 3])], {
    strides: dilation,
    dilations: stride,
    pads: padding,
  });
  // Rows and columns of the picture that the stride never reached give taps beyond the kernel: cut them off.
  const reach = [0, 1].map((axis) => {
    const length = xShape[axis + 2]! + padding[axis]! + padding[axis + 2]!;
    return Math.floor((length - stride[axis]! * (dyShape[axis + 2]! - 1) - 1) / dilation[axis]!) + 1;
  });
  const isExact = reach[0] === w[2] && reach[1] === w[3];
  const cut = isExact
    ? full!
    : onnx.node("Slice", [full!, onnx.integers([0, 0]), onnx.integers([w[2]!, w[3]!]), onnx.integers([2, 3])])[0]!;
  return [emitTranspose(onnx, cut, [1, 0, 2, 3])];
}

/** One channel in, one out: for each tap Σ over pictures and pixels of dy times what the tap sees. */
function depthwise(parts: WeightGradientParts): string[] {
  const { onnx, dy, w } = parts;
  const sums = tapViews(parts, padded(parts)).map((view) => {
    const [product] = onnx.node("Mul", [view, dy]);
    return onnx.node("ReduceSum", [product!, onnx.integers([0, 2, 3])], { keepdims: 0 })[0]!;
  });
  const columnsOfTaps = sums.map((sum) => emitReshape(onnx, sum, [w[0]!, 1]));
  const [side] = onnx.node("Concat", columnsOfTaps, { axis: 1 });
  return [emitReshape(onnx, side!, w)];
}

/** Any other grouping: channel-major columns and a product for each group. */
function grouped(parts: WeightGradientParts): string[] {
  const { onnx, dy, dyShape, xShape, w, options } = parts;
  const inner = dyShape[0]! * dyShape[2]! * dyShape[3]!;
  const perGroup = w[1]!;
  const views = tapViews(parts, emitTranspose(onnx, padded(parts), [1, 0, 2, 3]));
  const unsqueezed = views.map((view) => emitReshape(onnx, view, [options.groups, 1, perGroup, inner]));
  const [stacked] = onnx.node("Concat", unsqueezed, { axis: 1 });
  const rows = emitReshape(onnx, stacked!, [options.groups, w[2]! * w[3]! * perGroup, inner]);
  const outputs = emitReshape(onnx, emitTranspose(onnx, dy, [1, 0, 2, 3]), [
    options.groups,
    w[0]! / options.groups,
    inner,
  ]);
  const [product] = onnx.node("MatMul", [outputs, emitTranspose(onnx, rows, [0, 2, 1])]);
  const flat = emitReshape(onnx, product!, [w[0]!, w[2]! * w[3]! * (xShape[1]! / options.groups)]);
  return [tapsLast(onnx, flat, w)];
}

/** [O, K·C] → [O, C, k, k]. */
function tapsLast(onnx: OnnxEmitter, product: string, [outputs, channels, height, width]: readonly number[]): string {
  const byTap = emitReshape(onnx, product, [outputs!, height! * width!, channels!]);
  return emitReshape(onnx, emitTranspose(onnx, byTap, [0, 2, 1]), [outputs!, channels!, height!, width!]);
}
