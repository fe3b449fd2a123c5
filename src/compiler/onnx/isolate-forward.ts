/**
 * Isolates the forward pass of a training step in an ONNX `If`, so that ONNX Runtime plans its memory separately. The
 * runtime plans the memory of a graph as a whole, and keeps a free buffer for the next tensor of its shape, however
 * late that comes: short-lived activations of the forward pass would stay allocated until the backward pass, which has
 * tensors of the same shapes. A branch is planned by itself, and its end releases everything but its outputs.
 *
 * This is not a pass of `graph/passes/`, from graph to graph: a graph of this project has no subgraphs. Which tensors
 * cross the border also depends on the ONNX nodes that lowerings write and share, so it is decided when these are
 * known.
 */
import type { OnnxBranch, OnnxNode } from "./format.ts";

/** Types of nodes that take so little time that computing them again is better than holding their outputs. */
const RECOMPUTED = new Set(["PRelu"]);

/**
 * Puts the nodes that compute `results` into a branch.
 * @param condition Name of a bool tensor that is always true; for a constant, the runtime would dissolve the branch.
 * @param outputs The graph's outputs: those that are computed on the way to the results leave the branch too.
 */
export function isolateForward(
  nodes: readonly OnnxNode[],
  results: readonly string[],
  condition: string,
  outputs: readonly string[] = [],
): readonly OnnxNode[] {
  const inside = ancestors(nodes, results);
  const [part, rest] = [nodes.filter((node) => inside.has(node)), nodes.filter((node) => !inside.has(node))];
  const own = new Set(part.flatMap(({ outputs }) => outputs));
  const needed = [...results, ...outputs, ...rest.flatMap(({ inputs }) => inputs)];
  const wanted = new Set(needed.filter((name) => own.has(name)));
  // A node whose inputs are held anyway is computed again outside of the branch.
  const again = part.filter(
    ({ opType, inputs, outputs }) =>
      RECOMPUTED.has(opType) &&
      outputs.every((name) => wanted.has(name) && !results.includes(name)) &&
      inputs.every((name) => wanted.has(name) || !own.has(name)),
  );
  for (const name of again.flatMap(({ outputs }) => outputs)) wanted.delete(name);
  const label = results.join(" ");
  const inner = (name: string) => (own.has(name) ? `${label}/${name}` : name);
  const branch: OnnxBranch = {
    name: `${label}, isolated`,
    outputs: [...wanted].map(inner),
    nodes: part.map((node) => ({ ...node, inputs: node.inputs.map(inner), outputs: node.outputs.map(inner) })),
  };
  // The runtime requires a second branch with outputs of the same types. It never runs.
  const attributes = { then_branch: branch, else_branch: branch };
  return [{ opType: "If", inputs: [condition], outputs: [...wanted], attributes }, ...again, ...rest];
}

/** The nodes that compute the results, and those that they need. */
function ancestors(nodes: readonly OnnxNode[], results: readonly string[]): ReadonlySet<OnnxNode> {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node])));
  const makersOf = (names: readonly string[]) => names.flatMap((name) => makers.get(name) ?? []);
  const found = new Set(makersOf(results));
  // Grows while it is walked.
  for (const { inputs } of found) for (const maker of makersOf(inputs)) found.add(maker);
  return found;
}
