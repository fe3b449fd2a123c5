/** Common subexpressions: nodes of the same op, inputs and attributes become one node. */
import type { Graph } from "../graph.ts";
import { rewrite, withInputs } from "../rewrite.ts";
import { type Attribute, constantData, inputOp, type Node, type Value } from "../value.ts";

/** Class numbers of a hundred thousand identities are shared; weights are practically never equal. */
const LARGEST_SHARED_CONSTANT = 2 ** 17;

/** Computes equal things once. */
export function shareEqualNodes(graph: Graph): Graph {
  const seen = new Map<string, readonly Value[]>();
  const numbers = new Map<Node, number>();
  const numberOf = (node: Node): number => {
    const known = numbers.get(node) ?? numbers.size;
    numbers.set(node, known);
    return known;
  };
  return rewrite(graph, (node, inputs) => {
    if (node.op === inputOp || isLarge(node)) return undefined;
    const key = JSON.stringify([
      node.op.name,
      inputs.map((value) => [numberOf(value.node), value.index]),
      Object.entries(node.attributes).map(([name, value]) => [name, exactText(value)]),
      node.lowering,
      node.outputs.map(({ type, shape }) => [type, shape]),
    ]);
    const known = seen.get(key);
    if (known !== undefined) return known;
    const outputs = withInputs(node, inputs);
    seen.set(key, outputs);
    return outputs;
  });
}

/** Weights are not compared by their elements: that would take longer than it saves. */
function isLarge({ outputs }: Node): boolean {
  return outputs.some((value) => (constantData(value)?.length ?? 0) > LARGEST_SHARED_CONSTANT);
}

/** Text that differs wherever values do. JSON and `String` have no −0, and JSON neither infinities nor NaN. */
function exactText(value: Attribute | undefined): string {
  if (typeof value === "object") {
    return Array.from<number | bigint | string, string>(value, exactElement).join();
  }
  return exactElement(value);
}

function exactElement(value: number | bigint | string | boolean | undefined): string {
  if (typeof value === "string") return JSON.stringify(value);
  return Object.is(value, -0) ? "-0" : String(value);
}
