/**
 * Two-dimensional convolution and its two gradients, each an op. The three are the partial derivatives of one trilinear
 * form Σ dy[n,o,p]·w[o,c,k]·x[n,c,s·p + d·k − pad], so that each one's gradients are the other two.
 *
 * ONNX Runtime's inference build has no ConvGrad. Each gradient can be written in several ways with ops that it has,
 * and none of them wins for every shape: so the three ops have lowerings (forward.ts, input-gradient.ts,
 * weight-gradient.ts).
 */
import { ShapeError } from "../../../../base/core/index.ts";
import { apply, defineOp, matchNode, requireSameType, type Sample } from "../../op.ts";
import { fixedSize, fixedSizes, requireRank } from "../../shape.ts";
import type { Attributes, Node, Shape, TensorType, Value } from "../../value.ts";
import { reduceSum } from "../arithmetic.ts";
import { positionCounts, type Spatial, slidingOf } from "../window.ts";
import { convolutionLowerings } from "./forward.ts";
import {
  type ConvolutionInputs,
  convolutionMacs,
  type InputGradientInputs,
  ofConvolution,
  ofInputGradient,
  ofWeightGradient,
  spatialSize,
  type WeightGradientInputs,
} from "./geometry.ts";
import { inputGradientLowerings } from "./input-gradient.ts";
import {
  attributesText,
  type ConvolutionAttributes,
  type ConvolutionOptions,
  completeConvolution as complete,
  type GradientAttributes,
} from "./options.ts";
import { weightGradientLowerings } from "./weight-gradient.ts";

const convOp = defineOp<ConvolutionInputs, ConvolutionAttributes>({
  name: "conv2d",
  infer: ([x, w, bias], options) => {
    const [batch, channels, height, width] = requireRank("conv2d: x", x, 4);
    const [outputs, perGroup, ...kernel] = fixedSizes("conv2d: w", w, 4);
    requireSameType("conv2d", bias === undefined ? [x, w] : [x, w, bias]);
    const { groups } = options;
    if (channels !== perGroup * groups || outputs % groups !== 0) {
      throw new ShapeError(
        `conv2d: got ${channels} channels and weights [${w.shape}] in ${groups} groups, ` +
          "expected [n·groups, channels/groups, h, w]",
      );
    }
    if (bias !== undefined && (bias.shape.length !== 1 || bias.shape[0] !== outputs)) {
      throw new ShapeError(`conv2d: got bias [${bias.shape}], expected [${outputs}]: one number per output`);
    }
    const size = [fixedSize("conv2d", height), fixedSize("conv2d", width)] as const;
    const refusal = `conv2d: got size ${size.join("×")} with kernel ${kernel.join("×")}, expected a larger map or padding`;
    return [{ type: x.type, shape: [batch, outputs, ...positionCounts(size, kernel, slidingOf(options), refusal)] }];
  },
  lowerings: convolutionLowerings,
  loweringKey: attributesText,
  vjp: ({ inputs: [x, w], dy, attributes }) => [
    convInputGradient(dy, w, spatialSize(x), attributes),
    convWeightGradient(x, dy, spatialSize(w), attributes),
    reduceSum(dy, { axes: [0, 2, 3] }),
  ],
  macs: (node) => convolutionMacs(node.outputs[0], ofConvolution(node)),
  samples: () => [
    ...samplesOf((x, w, _, attributes) => [[x, w], attributes]),
    ...samplesOf((x, w, _, attributes) => [[x, w, w.slice(0, 1)], attributes]).filter((_, i) => i % 11 === 0),
  ],
});

/**
 * Convolution (cross-correlation) of feature maps [batch, channels, height, width] with weights
 * [outputs, channels/groups, kernel height, kernel width], plus a bias [outputs] if given.
 */
export const conv2d = (x: Value, w: Value, { bias, ...options }: ConvolutionOptions & { bias?: Value } = {}): Value =>
  apply(convOp, bias === undefined ? [x, w] : [x, w, bias], complete(options));

/** A node of `conv2d`, or the same on other inputs, typed; undefined for other nodes. */
export const matchConv2d = (node: Node, inputs?: readonly Value[]) => matchNode(convOp, node, inputs);

const inputGradientOp = defineOp<InputGradientInputs, GradientAttributes>({
  name: "convInputGradient",
  infer: ([dy, w], { size, groups }) => {
    const [batch] = requireRank("convInputGradient: dy", dy, 4);
    const [, perGroup] = requireRank("convInputGradient: w", w, 4);
    return [{ type: dy.type, shape: [batch, fixedSize("conv2d", perGroup) * groups, ...size] }];
  },
  lowerings: inputGradientLowerings,
  loweringKey: attributesText,
  vjp: ({ inputs: [dy, w], dy: ddx, attributes }) => [
    conv2d(ddx, w, attributes),
    convWeightGradient(ddx, dy, spatialSize(w), attributes),
  ],
  macs: (node) => convolutionMacs(node.inputs[0], ofInputGradient(node)),
  samples: () => samplesOf((x, w, y, attributes) => [[y, w], { ...attributes, size: sizeOf(x) }]),
});

/** Gradient of conv2d with respect to its input, of spatial size `size`. */
export const convInputGradient = (dy: Value, w: Value, size: Spatial, options: ConvolutionOptions = {}): Value =>
  apply(inputGradientOp, [dy, w], { ...complete(options), size });

const weightGradientOp = defineOp<WeightGradientInputs, GradientAttributes>({
  name: "convWeightGradient",
  infer: ([x, dy], { size, groups }) => {
    const [, channels] = requireRank("convWeightGradient: x", x, 4);
    const [, outputs] = requireRank("convWeightGradient: dy", dy, 4);
    return [{ type: x.type, shape: [outputs, fixedSize("conv2d", channels) / groups, ...size] }];
  },
  lowerings: weightGradientLowerings,
  loweringKey: attributesText,
  vjp: ({ inputs: [x, dy], dy: ddw, attributes }) => [
    convInputGradient(dy, ddw, spatialSize(x), attributes),
    conv2d(x, ddw, attributes),
  ],
  macs: (node) => convolutionMacs(node.inputs[1], ofWeightGradient(node)),
  samples: () => samplesOf((x, w, y, attributes) => [[x, y], { ...attributes, size: sizeOf(w) }]),
});

/** Gradient of conv2d with respect to its weights, of kernel size `size`. */
export const convWeightGradient = (x: Value, dy: Value, size: Spatial, options: ConvolutionOptions = {}): Value =>
  apply(weightGradientOp, [x, dy], { ...complete(options), size });

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

/** Shapes of the input, the weights and the output of each case, and its attributes. */
function samplesOf<A extends Attributes>(
  arrange: (x: number[], w: number[], y: number[], attributes: ConvolutionAttributes) => [inputs: number[][], A],
): Sample<A>[] {
  return sampleCases.map(({ x, w, options }) => {
    const attributes = complete(options);
    const f32 = (shape: Shape): TensorType => ({ type: "f32", shape });
    const [{ shape }] = convOp.infer([f32(x), f32(w)], attributes);
    const y = shape.map((size) => fixedSize("conv2d", size));
    const [inputs, rest] = arrange(x, w, y, attributes);
    return {
      inputs: inputs.map((given) => ({ shape: given })),
      attributes: rest,
      precision: "f32",
      step: 0.25, // Linear in each input: the step only has to be large against rounding errors.
    };
  });
}

/** The spatial sizes of a shape. */
function sizeOf(shape: readonly number[]): Spatial {
  return spatialSize({ type: "f32", shape });
}
