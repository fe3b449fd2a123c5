/**
 * PReLU between convolutions. On x86, ONNX Runtime keeps feature maps blocked by channels from one convolution to the
 * next, but it has no PReLU for blocked maps: it converts them to plain order, on one thread, and back again. Written
 * as two convolutions of single channels with a kernel of one pixel,
 *
 *   PReLU(x) = a·x + relu((1 − a)·x),   for slopes a ≤ 1,
 *
 * where the runtime fuses the ReLU and the sum into the convolutions, the maps stay blocked.
 */
import type { Graph } from "../graph.ts";
import { add, matchReshape, reshape, sub } from "../ops/arithmetic.ts";
import { conv2d, matchConv2d } from "../ops/convolution/convolution.ts";
import { matchBatchNorm } from "../ops/normalization.ts";
import { matchPrelu, relu } from "../ops/selection.ts";
import { rewrite } from "../rewrite.ts";
import type { Node, TensorData, Value } from "../value.ts";

/** Channels of a block with the widest registers; with others it is half of that. */
const BLOCK = 16;

/** How PReLUs are rewritten. */
export type BlockPrelusOptions = {
  /** The elements of a parameter: slopes must be known, since the form holds for those up to 1 only. */
  readonly dataOf: (parameter: Value) => TensorData | undefined;
  /** Whether a convolution gives blocked feature maps; all do by default. */
  readonly isBlocked?: (convolution: Node) => boolean;
};

/** Rewrites the PReLUs behind convolutions. */
export function blockPrelus(graph: Graph, { dataOf, isBlocked = () => true }: BlockPrelusOptions): Graph {
  return rewrite(graph, (node, inputs) => {
    const original = matchPrelu(node);
    const prelu = matchPrelu(node, inputs);
    if (original === undefined || prelu === undefined) return undefined;
    const convolution = convolutionBefore(original.inputs[0].node);
    const [x, slopes] = prelu.inputs;
    const channels = x.shape[1];
    if (convolution === undefined || !isBlocked(convolution)) return undefined;
    if (typeof channels !== "number" || channels % BLOCK !== 0) return undefined;
    const known = elementsOf(original.inputs[1], dataOf);
    if (known?.length !== channels || Array.from(known, Number).some((slope) => slope > 1)) return undefined;
    const kernels = reshape(slopes, [channels, 1, 1, 1]);
    const rectified = relu(conv2d(x, sub(1, kernels), { groups: channels }));
    return [add(conv2d(x, kernels, { groups: channels }), rectified)];
  });
}

/**
 * The convolution that makes a node's output, itself or with the batch normalization that ONNX Runtime folds into it.
 */
function convolutionBefore(node: Node): Node | undefined {
  const source = matchBatchNorm(node)?.inputs[0].node ?? node;
  return matchConv2d(source) === undefined ? undefined : source;
}

/** The elements of a parameter, in whatever shape it is used. */
function elementsOf(value: Value, dataOf: BlockPrelusOptions["dataOf"]): ArrayLike<number | bigint> | undefined {
  return dataOf(matchReshape(value.node)?.inputs[0] ?? value);
}
