/**
 * Two-dimensional convolution and its two gradients, each an op. The three are the partial derivatives of one trilinear
 * form Σ dy[n,o,p]·w[o,c,k]·x[n,c,s·p + d·k − pad], so that each one's gradients are the other two.
 *
 * ONNX Runtime's inference build has no ConvGrad. Each gradient can be written in several ways with ops that it has, and
 * none of them wins for every shape: the attribute `lowering` names the one to use (convolution-lowering.ts).
 */
import { ShapeError } from "../../../base/core/index.ts";
import { apply, defineOp, requireRank, requireSameType, type Sample } from "../op.ts";
import { fixedSize } from "../shape.ts";
import type { Attributes, TensorType, Value } from "../value.ts";
import { reduceSum } from "./arithmetic.ts";
import {
  convolutionLowerings,
  emitConvolution,
  emitInputGradient,
  emitWeightGradient,
  inputGradientLowerings,
  weightGradientLowerings,
} from "./convolution-lowering.ts";
import {
  type ConvolutionAttributes,
  type ConvolutionOptions,
  completeConvolution as complete,
} from "./convolution-options.ts";

function outputSize(what: string, size: number, kernel: number, axis: 0 | 1, options: ConvolutionAttributes): number {
  const padded = size + options.padding[axis]! + options.padding[axis + 2]!;
  const output = Math.floor((padded - options.dilation[axis]! * (kernel - 1) - 1) / options.stride[axis]!) + 1;
  if (output < 1)
    throw new ShapeError(`${what}: got size ${size} with kernel ${kernel}, expected a larger picture or padding`);
  return output;
}

const convOp = defineOp({
  name: "conv2d",
  infer: ([x, w, bias], attributes) => {
    requireRank("conv2d: x", x!, 4);
    requireRank("conv2d: w", w!, 4);
    requireSameType("conv2d", bias === undefined ? [x!, w!] : [x!, w!, bias]);
    const options = attributes as Attributes & ConvolutionAttributes;
    const [batch, channels, height, width] = x!.shape;
    const [outputs, perGroup, kernelHeight, kernelWidth] = w!.shape.map((size) => fixedSize("conv2d: w", size));
    if (channels !== perGroup! * options.groups || outputs! % options.groups !== 0) {
      throw new ShapeError(
        `conv2d: got ${channels} channels and weights [${w!.shape}] in ${options.groups} groups, expected [n·groups, channels/groups, h, w]`,
      );
    }
    if (bias !== undefined && (bias.shape.length !== 1 || bias.shape[0] !== outputs)) {
      throw new ShapeError(`conv2d: got bias [${bias.shape}], expected [${outputs}]: one number per output`);
    }
    const rows = outputSize("conv2d", fixedSize("conv2d", height), kernelHeight!, 0, options);
    const columns = outputSize("conv2d", fixedSize("conv2d", width), kernelWidth!, 1, options);
    return [{ type: x!.type, shape: [batch!, outputs!, rows, columns] }];
  },
  emit: (onnx, inputs, node) => emitConvolution(onnx, inputs, node),
  vjp: ({ inputs: [x, w], dy, attributes }) => {
    const options = attributes as Attributes & ConvolutionAttributes;
    return [
      convInputGradient(dy, w!, spatial(x!), options),
      convWeightGradient(x!, dy, spatial(w!), options),
      reduceSum(dy, { axes: [0, 2, 3] }),
    ];
  },
  samples: () => [
    ...withLowerings(convolutionLowerings, (x, w, _, attributes) => [[x, w], attributes]),
    ...withLowerings(convolutionLowerings, (x, w, _, attributes) => [
      [x, w, { shape: [w.shape[0]!] }],
      attributes,
    ]).slice(0, 2),
  ],
});

/**
 * Convolution (cross-correlation) of pictures [batch, channels, height, width] with weights
 * [outputs, channels/groups, kernel height, kernel width], plus a bias [outputs] if given.
 */
export const conv2d = (x: Value, w: Value, { bias, ...options }: ConvolutionOptions & { bias?: Value } = {}): Value =>
  apply(convOp, bias === undefined ? [x, w] : [x, w, bias], complete(options));

const inputGradientOp = defineOp({
  name: "convInputGradient",
  infer: ([dy, w], attributes) => {
    const [height, width] = attributes.size as readonly [number, number];
    const { groups } = attributes as Attributes & ConvolutionAttributes;
    return [{ type: dy!.type, shape: [dy!.shape[0]!, fixedSize("conv", w!.shape[1]) * groups, height, width] }];
  },
  emit: (onnx, inputs, node) => emitInputGradient(onnx, inputs, node),
  vjp: ({ inputs: [dy, w], dy: ddx, attributes }) => {
    const options = attributes as Attributes & ConvolutionAttributes;
    return [conv2d(ddx, w!, options), convWeightGradient(ddx, dy!, spatial(w!), options)];
  },
  samples: () =>
    withLowerings(inputGradientLowerings, (x, w, y, attributes) => [[y, w], { ...attributes, size: x.shape.slice(2) }]),
});

/** Gradient of conv2d with respect to its pictures, of spatial size `size`. */
export const convInputGradient = (
  dy: Value,
  w: Value,
  size: readonly [number, number],
  options: ConvolutionOptions = {},
): Value => apply(inputGradientOp, [dy, w], { ...complete(options), size });

const weightGradientOp = defineOp({
  name: "convWeightGradient",
  infer: ([x, dy], attributes) => {
    const [height, width] = attributes.size as readonly [number, number];
    const { groups } = attributes as Attributes & ConvolutionAttributes;
    const perGroup = fixedSize("conv", x!.shape[1]) / groups;
    return [{ type: x!.type, shape: [dy!.shape[1]!, perGroup, height, width] }];
  },
  emit: (onnx, inputs, node) => emitWeightGradient(onnx, inputs, node),
  vjp: ({ inputs: [x, dy], dy: ddw, attributes }) => {
    const options = attributes as Attributes & ConvolutionAttributes;
    return [convInputGradient(dy!, ddw, spatial(x!), options), conv2d(x!, ddw, options)];
  },
  samples: () =>
    withLowerings(weightGradientLowerings, (x, w, y, attributes) => [
      [x, y],
      { ...attributes, size: w.shape.slice(2) },
    ]),
});

/** Gradient of conv2d with respect to its weights, of kernel size `size`. */
export const convWeightGradient = (
  x: Value,
  dy: Value,
  size: readonly [number, number],
  options: ConvolutionOptions = {},
): Value => apply(weightGradientOp, [x, dy], { ...complete(options), size });

function spatial({ shape }: TensorType): [number, number] {
  return [fixedSize("conv2d", shape[2]), fixedSize("conv2d", shape[3])];
}

type SampleShape = { readonly shape: readonly number[] };

/** Stride, padding, groups, dilation and odd sizes, each where it can go wrong. */
const sampleCases: { x: number[]; w: number[]; options: ConvolutionOptions }[] = [
  { x: [2, 2, 4, 3], w: [3, 2, 3, 3], options: { padding: [1, 1, 1, 1] } },
  { x: [2, 2, 6, 4], w: [3, 2, 3, 3], options: { padding: [1, 1, 1, 1], stride: [2, 2] } },
  { x: [1, 2, 5, 7], w: [3, 2, 3, 3], options: { padding: [1, 1, 1, 1], stride: [2, 2] } },
  { x: [2, 3, 4, 4], w: [2, 3, 1, 1], options: { stride: [2, 2] } },
  { x: [2, 4, 4, 4], w: [4, 1, 3, 3], options: { padding: [1, 1, 1, 1], stride: [2, 2], groups: 4 } },
  { x: [2, 4, 3, 3], w: [4, 1, 3, 3], options: { padding: [1, 1, 1, 1], groups: 4 } },
  { x: [1, 4, 4, 3], w: [6, 2, 2, 3], options: { padding: [0, 1, 1, 0], groups: 2 } },
  { x: [1, 2, 7, 6], w: [2, 2, 3, 2], options: { padding: [2, 0, 1, 1], dilation: [2, 1], stride: [1, 3] } },
  { x: [2, 3, 4, 3], w: [3, 1, 4, 3], options: { groups: 3 } },
  { x: [2, 16, 3, 2], w: [16, 1, 3, 3], options: { padding: [1, 1, 1, 1], groups: 16 } },
  { x: [1, 16, 4, 5], w: [16, 1, 3, 3], options: { padding: [1, 1, 1, 1], stride: [2, 2], groups: 16 } },
  { x: [1, 16, 4, 2], w: [16, 16, 3, 3], options: { padding: [1, 1, 1, 1], stride: [2, 2] } },
  { x: [1, 16, 2, 3], w: [16, 16, 2, 1], options: { padding: [1, 0, 0, 0] } },
];

/** Each case with each lowering that can do it. */
function withLowerings(
  lowerings: (node: { w: readonly number[]; size: readonly number[] } & ConvolutionAttributes) => readonly string[],
  arrange: (
    x: SampleShape,
    w: SampleShape,
    y: SampleShape,
    attributes: Attributes,
  ) => [inputs: SampleShape[], attributes: Attributes],
): Sample[] {
  return sampleCases.flatMap(({ x, w, options }) => {
    const attributes = complete(options);
    const [{ shape }] = convOp.infer(
      [x, w].map((shape) => ({ type: "f32", shape })),
      attributes,
    ) as [TensorType];
    const y = { shape: shape.map((size) => fixedSize("conv2d", size)) };
    const [inputs, rest] = arrange({ shape: x }, { shape: w }, y, attributes);
    return lowerings({ ...attributes, w, size: x.slice(2) }).map(
      (lowering): Sample => ({
        inputs,
        attributes: { ...rest, lowering },
        precision: "f32",
        step: 0.25, // Linear in each input: the step only has to beat rounding.
      }),
    );
  });
}
