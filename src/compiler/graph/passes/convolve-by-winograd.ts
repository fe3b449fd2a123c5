/**
 * Inference of many images at once: 3×3 convolutions of many channels by Winograd's filtering
 * (ops/convolution/winograd.ts). ONNX Runtime folds a batch normalization into the direct convolution before it, but
 * not into any other form of one, so this pass folds those before and behind: with y = s·x + t of each channel,
 *
 *   w ∗ (s·x + t) + b = (w·s) ∗ x + (w ∗ t + b)      s·(w ∗ x + b) + t = (s·w) ∗ x + (s·b + t),
 *
 * where w ∗ t is a feature map, since the zeros around x are not normalized. ONNX Runtime computes everything that
 * does not depend on the images when it loads the file.
 */
import { ShapeError } from "../../../base/core/index.ts";
import type { Graph } from "../graph.ts";
import { outputValues, sortedNodes } from "../graph.ts";
import { loweringsOf } from "../op.ts";
import { add, broadcastTo, div, mul, reshape, sub } from "../ops/arithmetic.ts";
import { conv2d, matchConv2d } from "../ops/convolution/convolution.ts";
import type { ConvolutionAttributes } from "../ops/convolution/options.ts";
import { pow } from "../ops/elementwise.ts";
import { matchBatchNorm } from "../ops/normalization.ts";
import { rewrite, withLowering } from "../rewrite.ts";
import { fixedSizes } from "../shape.ts";
import type { Node, Value } from "../value.ts";

/** Fewest channels with which a convolution gains. */
const FEWEST_CHANNELS = 128;
/** Longest side, in pixels: the cost of a band grows with the feature map. */
const LONGEST_SIDE = 32;
const WINOGRAD = "winograd";

/** Whether a graph has convolutions that Winograd's filtering makes faster for many images. */
export function hasGainByWinograd(graph: Graph): boolean {
  return sortedNodes(outputValues(graph)).some(gainsByWinograd);
}

/** Whether a node is such a convolution. */
export function gainsByWinograd(node: Node): boolean {
  const convolution = matchConv2d(node);
  if (convolution === undefined) return false;
  const [x, w] = convolution.inputs;
  const [outputs, channels] = fixedSizes("conv2d", w, 4);
  const isLarge =
    Math.min(outputs, channels) >= FEWEST_CHANNELS && Math.max(...x.shape.slice(2).map(Number)) <= LONGEST_SIDE;
  const hasWinograd = loweringsOf(node).some(({ name }) => name === WINOGRAD);
  return isLarge && convolution.attributes.stride[0] === 1 && hasWinograd;
}

/** A convolution without bias, and the sum's other part: a number for each output, or for each pixel of each output. */
type Convolution = {
  readonly x: Value;
  readonly w: Value;
  readonly shift: Value | undefined;
  readonly attributes: ConvolutionAttributes;
};

/** Writes every convolution that gains by it with Winograd's filtering. */
export function convolveByWinograd(graph: Graph): Graph {
  const useCounts = countUses(graph);
  const convolutions = new Map<Value, Convolution>();
  const convolved = (convolution: Convolution): readonly Value[] => {
    const y = writeConvolution(convolution);
    convolutions.set(y, convolution);
    return [y];
  };
  return rewrite(graph, (node, inputs) => {
    const convolution = gainsByWinograd(node) ? matchConv2d(node, inputs) : undefined;
    if (convolution !== undefined) return convolved(foldInput(convolution));
    const normalization = matchBatchNorm(node, inputs);
    const before = normalization && convolutions.get(normalization.inputs[0]);
    if (before === undefined || normalization === undefined || !isUsedOnce(node.inputs[0], useCounts)) return undefined;
    return convolved(foldOutput(before, affineOf(normalization)));
  });
}

function countUses(graph: Graph): ReadonlyMap<Value, number> {
  const outputs = outputValues(graph);
  const uses = [...outputs, ...sortedNodes(outputs).flatMap(({ inputs }) => inputs)];
  const counts = new Map<Value, number>();
  for (const value of uses) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function isUsedOnce(value: Value | undefined, useCounts: ReadonlyMap<Value, number>): boolean {
  return value !== undefined && useCounts.get(value) === 1;
}

function writeConvolution({ x, w, shift, attributes }: Convolution): Value {
  const { node } = conv2d(x, w, attributes);
  const [y] = withLowering(node, node.inputs, WINOGRAD);
  if (y === undefined) throw new ShapeError("internal: a convolution has no output");
  return shift === undefined ? y : add(y, shift);
}

type ConvolutionNode = NonNullable<ReturnType<typeof matchConv2d>>;
type BatchNormNode = NonNullable<ReturnType<typeof matchBatchNorm>>;

/** Folds a batch normalization before a convolution into it. */
function foldInput({ inputs: [x, w, bias], attributes }: ConvolutionNode): Convolution {
  const shift = bias === undefined ? undefined : perChannel(bias);
  const normalization = matchBatchNorm(x.node);
  if (normalization === undefined) return { x, w, shift, attributes };
  const affine = affineOf(normalization);
  const shifts = broadcastTo(perChannel(affine.shift), [1, ...x.shape.slice(1)]);
  const ofShifts = conv2d(shifts, w, attributes);
  return {
    x: normalization.inputs[0],
    w: mul(w, perChannel(affine.scale)),
    shift: shift === undefined ? ofShifts : add(ofShifts, shift),
    attributes,
  };
}

/** Folds a batch normalization behind a convolution into it. */
function foldOutput(convolution: Convolution, affine: Affine): Convolution {
  const { w, shift } = convolution;
  const scale = perChannel(affine.scale);
  const ofOutputs = perChannel(affine.shift);
  return {
    ...convolution,
    w: mul(w, reshape(affine.scale, [...affine.scale.shape, 1, 1, 1])),
    shift: shift === undefined ? ofOutputs : add(mul(shift, scale), ofOutputs),
  };
}

/** y = scale · x + shift, one number of each for a channel. */
type Affine = { readonly scale: Value; readonly shift: Value };

function affineOf({ inputs: [, scale, shift, mean, variance], attributes: { epsilon } }: BatchNormNode): Affine {
  const factor = div(scale, pow(add(variance, epsilon), 0.5));
  return { scale: factor, shift: sub(shift, mul(mean, factor)) };
}

function perChannel(vector: Value): Value {
  return reshape(vector, [...vector.shape, 1, 1]);
}
