/**
 * PReLU between convolutions. On x86, ONNX Runtime keeps pictures blocked by channels from one convolution to the next, but it has no
 * PReLU for such pictures: it brings them into plain order, on one thread, and back again. Written with what it has, as
 * two convolutions of single channels with a kernel of one pixel,
 *
 *   PReLU(x) = a·x + relu((1 − a)·x),   for slopes a ≤ 1,
 *
 * where the ReLU and the sum are done within the convolutions, pictures stay blocked.
 */
import {
  add,
  conv2d,
  type Graph,
  type Node,
  relu,
  reshape,
  rewrite,
  sub,
  type Value,
} from "../../compiler/graph/index.ts";

/** Channels of a block with the widest registers; with others it is half of that. */
const BLOCK = 16;
/** Elsewhere convolutions of single channels are slow, and nothing is blocked. */
const HAS_BLOCKS = process.arch === "x64";

/**
 * Rewrites the PReLUs behind convolutions of which `isBlocked` holds. `slopesOf` gives the numbers of a value where they are
 * known.
 */
export function blockPrelus(
  graph: Graph,
  isBlocked: (convolution: Node) => boolean,
  slopesOf: (slopes: Value) => ArrayLike<number> | undefined,
): Graph {
  if (!HAS_BLOCKS) return graph;
  return rewrite(graph, (node, [x, slopes]) => {
    if (node.op.name !== "prelu") return undefined;
    const convolution = convolutionBefore(node.inputs[0]!.node);
    const channels = x!.shape[1];
    if (convolution === undefined || !isBlocked(convolution)) return undefined;
    if (typeof channels !== "number" || channels % BLOCK !== 0) return undefined;
    const known = slopesOf(node.inputs[1]!);
    if (known?.length !== channels || Array.from(known).some((slope) => slope > 1)) return undefined;
    const kernels = reshape(slopes!, [channels, 1, 1, 1]);
    const rectified = relu(conv2d(x!, sub(1, kernels), { groups: channels }));
    return [add(conv2d(x!, kernels, { groups: channels }), rectified)];
  });
}

/** The convolution that makes a node's output, itself or with the batch normalization that ONNX Runtime folds into it. */
function convolutionBefore(node: Node): Node | undefined {
  const source = node.op.name === "batchNorm" ? node.inputs[0]!.node : node;
  return source.op.name === "conv2d" ? source : undefined;
}
