/**
 * The order of a foreign network's layers, found from its graph alone: an exported file has names, but no two exporters
 * give the same. A layer is a product with weights: a convolution or a matrix. A stage is a run of layers whose feature
 * maps have one size, as networks for images have been built since VGG. The head is what comes after the last map of
 * more than one position: the layers that make the embedding of it.
 */
import { type Node, type Shape, sortedNodes, type Value } from "../../compiler/graph/index.ts";

/** Where a tensor of a network stands. */
export type Position = {
  /** "stage1", "stage2" … or "head". */
  readonly group: string;
  /** How many layers come before its own. */
  readonly depth: number;
  /** Whether it stands before the first layer: it scales pixels, as the preprocessing of some files does. */
  readonly isPreprocessing: boolean;
};

/** Positions by tensor, and how many layers there are. */
export type LayerPlan = { readonly positions: ReadonlyMap<Value, Position>; readonly layerCount: number };

/** Name of the group of the last layers. */
export const HEAD = "head";

/** Ops with weights that count as a layer. */
const LAYER_OPS: ReadonlySet<string> = new Set(["conv2d", "convInputGradient", "matmul", "batchMatmul"]);

/** The positions of `tensors`, each that of the first node that takes it, in a network from images to an embedding. */
export function planLayers(images: Value, embedding: Value, tensors: ReadonlySet<Value>): LayerPlan {
  const nodes = sortedNodes([embedding]);
  const depths = new Map<Node, number>([[images.node, 0]]);
  for (const node of nodes) {
    const before = node.inputs.flatMap(({ node }) => depths.get(node) ?? []);
    // Nodes that no image reaches prepare weights, and belong to the layer that takes them.
    if (before.length > 0) depths.set(node, Math.max(...before) + Number(isLayer(node, depths, tensors)));
  }
  const groups = groupsOf(nodes, depths);
  const positions = new Map<Value, Position>();
  for (const node of nodes) {
    const depth = depths.get(node);
    if (depth === undefined) continue;
    for (const tensor of weightsOf(node, depths, tensors)) {
      // What follows a product, such as its bias, belongs to it.
      const position = { group: groups.get(node) ?? HEAD, depth: Math.max(0, depth - 1), isPreprocessing: depth === 0 };
      if (!positions.has(tensor)) positions.set(tensor, position);
    }
  }
  return { positions, layerCount: Math.max(1, ...depths.values()) };
}

function isLayer(node: Node, reached: ReadonlyMap<Node, unknown>, tensors: ReadonlySet<Value>): boolean {
  return LAYER_OPS.has(node.op.name) && weightsOf(node, reached, tensors).length > 0;
}

/** Tensors that a node takes, itself or through nodes that no image reaches. */
function weightsOf({ inputs }: Node, reached: ReadonlyMap<Node, unknown>, tensors: ReadonlySet<Value>): Value[] {
  const prepared = sortedNodes(inputs.filter(({ node }) => !reached.has(node)));
  return prepared.flatMap(({ outputs }) => outputs.filter((value) => tensors.has(value)));
}

/** The group of each node that images reach. */
function groupsOf(nodes: readonly Node[], reached: ReadonlyMap<Node, unknown>): Map<Node, string> {
  const along = nodes.filter((node) => reached.has(node) && node.inputs.length > 0);
  const isMap = ({ outputs: [output] }: Node) => output !== undefined && positionCount(output.shape) > 1;
  // A gate of one number a channel stands in the stage whose maps it multiplies.
  const leadsToMap = new Set<Node>();
  for (const node of along.toReversed()) {
    if (!isMap(node) && !leadsToMap.has(node)) continue;
    for (const { node: source } of node.inputs) leadsToMap.add(source);
  }
  const sizes: number[] = [];
  const stages = new Map<Node, number>();
  const groups = new Map<Node, string>();
  for (const node of along) {
    const before = Math.max(0, ...node.inputs.map(({ node }) => stages.get(node) ?? 0));
    const [output] = node.outputs;
    const size = output === undefined ? 0 : positionCount(output.shape);
    if (size > 1 && !sizes.includes(size)) sizes.push(size);
    const stage = size > 1 ? sizes.indexOf(size) : before;
    stages.set(node, stage);
    groups.set(node, isMap(node) || leadsToMap.has(node) ? `stage${stage + 1}` : HEAD);
  }
  return groups;
}

/** Positions of a feature map, or tokens of a sequence: those beside images and channels. */
function positionCount(shape: Shape): number {
  const [, second, ...rest] = shape;
  const sizes = shape.length === 3 ? [second] : shape.length === 4 ? rest : [];
  return sizes.reduce<number>((product, size) => product * (typeof size === "number" ? size : 1), 1);
}
