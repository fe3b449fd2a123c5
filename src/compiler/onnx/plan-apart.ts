/**
 * Memory of a part of a graph, planned by itself. ONNX Runtime plans that of a graph as a whole: a buffer that is free is kept for
 * the next tensor of its shape, however late that comes. So what a step's way forward needs for a moment would be held until the
 * way back, which has tensors of the same shapes. The nodes of a branch are planned by themselves, and its end lets go
 * of all but what the others want.
 */
import type { OnnxBranch, OnnxNode } from "./format.ts";

/** Types of nodes that take so little time that what they give is better made again than held, given that their inputs are held. */
const MADE_AGAIN = new Set(["PRelu"]);

/**
 * Puts the nodes that make `results` into a branch.
 * @param condition A value of type bool that always is true: a constant would be found out, and the branch dissolved.
 */
export function planApart(
  nodes: readonly OnnxNode[],
  results: readonly string[],
  condition: string,
): readonly OnnxNode[] {
  const inside = ancestors(nodes, results);
  const [part, rest] = [nodes.filter((node) => inside.has(node)), nodes.filter((node) => !inside.has(node))];
  const own = new Set(part.flatMap(({ outputs }) => outputs));
  const wanted = new Set([...results, ...rest.flatMap(({ inputs }) => inputs)].filter((name) => own.has(name)));
  const again = part.filter(
    ({ opType, inputs, outputs }) =>
      MADE_AGAIN.has(opType) &&
      outputs.every((name) => wanted.has(name) && !results.includes(name)) &&
      inputs.every((name) => wanted.has(name) || !own.has(name)),
  );
  for (const name of again.flatMap(({ outputs }) => outputs)) wanted.delete(name);
  const inner = (name: string) => (own.has(name) ? `${results[0]}/${name}` : name);
  const branch: OnnxBranch = {
    name: `${results[0]}, apart`,
    outputs: [...wanted].map(inner),
    nodes: part.map((node) => ({ ...node, inputs: node.inputs.map(inner), outputs: node.outputs.map(inner) })),
  };
  // The runtime wants a second branch that gives the same types. It is never taken.
  const attributes = { then_branch: branch, else_branch: branch };
  return [{ opType: "If", inputs: [condition], outputs: [...wanted], attributes }, ...again, ...rest];
}

function ancestors(nodes: readonly OnnxNode[], results: readonly string[]): Set<OnnxNode> {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node])));
  const found = new Set(results.flatMap((name) => makers.get(name) ?? []));
  // Grows while it is walked.
  for (const { inputs } of found) for (const name of inputs) if (makers.has(name)) found.add(makers.get(name)!);
  return found;
}
