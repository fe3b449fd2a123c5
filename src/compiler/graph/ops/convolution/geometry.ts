/** The sizes of a convolution, read from its node or from that of a gradient, and what they allow. */
import type { NodeTypes, One } from "../../op.ts";
import { fixedSize, fixedSizes } from "../../shape.ts";
import type { TensorType, Value } from "../../value.ts";
import type { Spatial } from "../window.ts";
import type { ConvolutionAttributes, GradientAttributes } from "./options.ts";

/** Inputs of a convolution. */
export type ConvolutionInputs = readonly [x: Value, w: Value, bias?: Value];
/** Inputs of its gradient with respect to x. */
export type InputGradientInputs = readonly [dy: Value, w: Value];
/** Inputs of its gradient with respect to w. */
export type WeightGradientInputs = readonly [x: Value, dy: Value];

export type ConvolutionNode = NodeTypes<ConvolutionInputs, ConvolutionAttributes, One>;
export type InputGradientNode = NodeTypes<InputGradientInputs, GradientAttributes, One>;
export type WeightGradientNode = NodeTypes<WeightGradientInputs, GradientAttributes, One>;

/** A shape of weights: [outputs, channels / groups, height, width]. */
export type KernelShape = readonly [outputs: number, perGroup: number, height: number, width: number];

/**
 * The attribute of ONNX's convolutions that repeats the size of the kernel: OpenCV and ncnn refuse files without it.
 */
export function kernelShape([, , height, width]: KernelShape): { readonly kernel_shape: Spatial } {
  return { kernel_shape: [height, width] };
}

/** A convolution with all of its sizes but the batch. */
export type ConvolutionGeometry = ConvolutionAttributes & {
  readonly w: KernelShape;
  readonly inputSize: Spatial;
  readonly outputSize: Spatial;
};

/** Height and width of a feature map, whose batch may be open. */
export function spatialSize({ shape }: TensorType): Spatial {
  return [fixedSize("conv2d", shape[2]), fixedSize("conv2d", shape[3])];
}

/** Sizes of the convolution that a node of `conv2d` is. */
export function ofConvolution({ inputs: [x, w], outputs: [y], attributes }: ConvolutionNode): ConvolutionGeometry {
  return { ...attributes, w: fixedSizes("conv2d", w, 4), inputSize: spatialSize(x), outputSize: spatialSize(y) };
}

/** Sizes of the convolution whose input gradient a node is. */
export function ofInputGradient({
  inputs: [dy, w],
  outputs: [dx],
  attributes,
}: InputGradientNode): ConvolutionGeometry {
  return { ...attributes, w: fixedSizes("conv2d", w, 4), inputSize: spatialSize(dx), outputSize: spatialSize(dy) };
}

/** Sizes of the convolution whose weight gradient a node is. */
export function ofWeightGradient({
  inputs: [x, dy],
  outputs: [dw],
  attributes,
}: WeightGradientNode): ConvolutionGeometry {
  return { ...attributes, w: fixedSizes("conv2d", dw, 4), inputSize: spatialSize(x), outputSize: spatialSize(dy) };
}

/** Multiply-accumulates of a convolution of a batch; each of its gradients takes as many. */
export function convolutionMacs({ shape: [batch] }: TensorType, geometry: ConvolutionGeometry): number {
  const { w, outputSize } = geometry;
  return [...w, ...outputSize].reduce((product, size) => product * size, fixedSize("conv2d", batch));
}

/** Stride 1 in both directions. */
export function hasUnitStride({ stride }: ConvolutionAttributes): boolean {
  return stride.every((step) => step === 1);
}

/** No dilation, and no padding beyond the kernel: such a convolution is undone by one with the flipped kernel. */
export function isPlain({ dilation, padding, w: [, , height, width] }: ConvolutionGeometry): boolean {
  const [top, left, bottom, right] = padding;
  const isWithin = Math.max(top, bottom) < height && Math.max(left, right) < width;
  return isWithin && dilation.every((step) => step === 1);
}

/** One channel in, one channel out. */
export function isDepthwise({ groups, w: [outputs, perGroup] }: Pick<ConvolutionGeometry, "groups" | "w">): boolean {
  return groups > 1 && outputs === groups && perGroup === 1;
}

/** An ungrouped 3×3 convolution. */
function isThreeByThree({ groups, w: [, , height, width] }: ConvolutionGeometry): boolean {
  return groups === 1 && height === 3 && width === 3;
}

/** An ungrouped 3×3 convolution with stride 1 or 2 in both directions: Winograd's filtering can compute it. */
export function suitsWinograd(geometry: ConvolutionGeometry): boolean {
  const [down, right] = geometry.stride;
  return isThreeByThree(geometry) && isPlain(geometry) && down === right && down <= 2;
}

/** An ungrouped 3×3 convolution with stride 2 and padding 1 that halves both sides. */
export function isHalving(geometry: ConvolutionGeometry): boolean {
  const { stride, padding, dilation, inputSize } = geometry;
  return (
    isThreeByThree(geometry) &&
    stride.every((step) => step === 2) &&
    dilation.every((step) => step === 1) &&
    padding.every((border) => border === 1) &&
    inputSize.every((length) => length % 2 === 0)
  );
}
