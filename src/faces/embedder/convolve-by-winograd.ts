/**
 * A network for many pictures at once: its 3×3 convolutions of many channels in Winograd's way (graph/ops/winograd.ts).
 * ONNX Runtime folds a batch normalization into the convolution before it, but knows no other form of one, so that is
 * done here, before and behind: with y = s·x + t of each channel,
 *
 *   w ∗ (s·x + t) + b = (w·s) ∗ x + (w ∗ t + b)      s·(w ∗ x + b) + t = (s·w) ∗ x + (s·b + t),
 *
 * where w ∗ t is a picture of its own, since zeros around the picture are not normalized. Everything that does not depend
 * on the pictures is computed by ONNX Runtime when it loads the file.
 */
import {
  add,
  broadcastTo,
  type ConvolutionAttributes,
  conv2d,
  convolutionLowerings,
  div,
  type Graph,
  mul,
  type Node,
  pow,
  reshape,
  rewrite,
  sortedNodes,
  sub,
  type Value,
  withAttributes,
} from "../../compiler/graph/index.ts";

/** Channels from which a convolution gains, and the longest side: the cost of a band grows with the picture. */
const FEWEST_CHANNELS = 128;
const LONGEST_SIDE = 32;

/** Whether a graph has convolutions that Winograd's way makes faster for many pictures. */
export function hasGainByWinograd(graph: Graph): boolean {
  return sortedNodes(Object.values(graph.outputs)).some(gainsByWinograd);
}

/** Whether a node is such a convolution. */
export function gainsByWinograd({ op, inputs, attributes }: Node): boolean {
  if (op.name !== "conv2d") return false;
  const [w, size] = [inputs[1]!.shape as readonly number[], inputs[0]!.shape.slice(2) as readonly number[]];
  const options = attributes as unknown as ConvolutionAttributes;
  const lowerings = convolutionLowerings({ ...options, w, size });
  const isLarge = Math.min(w[0]!, w[1]!) >= FEWEST_CHANNELS && Math.max(...size) <= LONGEST_SIDE;
  return isLarge && options.stride[0] === 1 && lowerings.includes("winograd");
}

/** A convolution without bias, and what is added to it: a number for each output, or for each pixel of each output. */
type Convolution = { readonly x: Value; readonly w: Value; readonly shift: Value | undefined; readonly node: Node };

/** Writes every convolution that gains by it in Winograd's way. */
export function convolveByWinograd(graph: Graph): Graph {
  const useCounts = countUses(graph);
  const convolutions = new Map<Value, Convolution>();
  const convolved = (convolution: Convolution): readonly Value[] => {
    const y = writeConvolution(convolution);
    convolutions.set(y, convolution);
    return [y];
  };
  return rewrite(graph, (node, inputs) => {
    if (gainsByWinograd(node)) return convolved(foldInput(node, inputs));
    const before = node.op.name === "batchNorm" ? convolutions.get(inputs[0]!) : undefined;
    if (before === undefined || useCounts.get(node.inputs[0]!) !== 1) return undefined;
    return convolved(foldOutput(before, affineOf(node, inputs)));
  });
}

function countUses({ outputs }: Graph): ReadonlyMap<Value, number> {
  const uses = [...Object.values(outputs), ...sortedNodes(Object.values(outputs)).flatMap(({ inputs }) => inputs)];
  const counts = new Map<Value, number>();
  for (const value of uses) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function writeConvolution({ x, w, shift, node }: Convolution): Value {
  const direct = conv2d(x, w, node.attributes as unknown as ConvolutionAttributes);
  const [y] = withAttributes(direct.node, direct.node.inputs, { lowering: "winograd" });
  return shift === undefined ? y! : add(y!, shift);
}

/** Takes a batch normalization before a convolution into it. */
function foldInput(node: Node, [x, w, bias]: readonly Value[]): Convolution {
  const shift = bias === undefined ? undefined : perChannel(bias);
  const normalization = x!.node;
  if (normalization.op.name !== "batchNorm") return { x: x!, w: w!, shift, node };
  const affine = affineOf(normalization, normalization.inputs);
  const shifts = broadcastTo(perChannel(affine.shift), [1, ...x!.shape.slice(1)]);
  const ofShifts = conv2d(shifts, w!, node.attributes as unknown as ConvolutionAttributes);
  return {
    x: normalization.inputs[0]!,
    w: mul(w!, perChannel(affine.scale)),
    shift: shift === undefined ? ofShifts : add(ofShifts, shift),
    node,
  };
}

/** Takes a batch normalization behind a convolution into it. */
function foldOutput(convolution: Convolution, affine: Affine): Convolution {
  const { w, shift } = convolution;
  const scale = perChannel(affine.scale);
  const ofOutputs = perChannel(affine.shift);
  return {
    ...convolution,
    w: mul(w, reshape(affine.scale, [w.shape[0]!, 1, 1, 1])),
    shift: shift === undefined ? ofOutputs : add(mul(shift, scale), ofOutputs),
  };
}

/** y = scale · x + shift, one number of each for a channel. */
type Affine = { readonly scale: Value; readonly shift: Value };

function affineOf({ attributes }: Node, [, scale, shift, mean, variance]: readonly Value[]): Affine {
  const factor = div(scale!, pow(add(variance!, attributes.epsilon as number), 0.5));
  return { scale: factor, shift: sub(shift!, mul(mean!, factor)) };
}

function perChannel(vector: Value): Value {
  return reshape(vector, [vector.shape[0]!, 1, 1]);
}
