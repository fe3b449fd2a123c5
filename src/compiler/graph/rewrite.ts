/**
 * Passes: functions from graph to graph. Nodes are immutable, so a pass rebuilds the graph from its inputs on and swaps
 * what it wants to swap.
 */
import type { Graph } from "./graph.ts";
import { sortedNodes } from "./graph.ts";
import { type Attribute, type Attributes, constantOp, createNode, inputOp, type Node, type Value } from "./value.ts";

/** Gives the values that replace a node's outputs, or undefined to keep the node with the inputs it has by then. */
export type NodeRule = (node: Node, inputs: readonly Value[]) => readonly Value[] | undefined;

/** Rebuilds values with a rule applied to every node; shared nodes stay shared. */
export function rewriteValues(values: readonly Value[], rule: NodeRule): Value[] {
  const replaced = new Map<Value, Value>();
  for (const node of sortedNodes(values)) {
    const inputs = node.inputs.map((value) => replaced.get(value)!);
    const isSame = inputs.every((value, i) => value === node.inputs[i]);
    const outputs =
      rule(node, inputs) ??
      (isSame ? node.outputs : createNode(node.op, inputs, node.attributes, node.outputs).outputs);
    for (const [i, value] of node.outputs.entries()) replaced.set(value, outputs[i]!);
  }
  return values.map((value) => replaced.get(value)!);
}

/** The same for a whole graph. */
export function rewrite(graph: Graph, rule: NodeRule): Graph {
  const names = Object.keys(graph.outputs);
  const values = rewriteValues(Object.values(graph.outputs), rule);
  return { name: graph.name, outputs: Object.fromEntries(names.map((name, i) => [name, values[i]!])) };
}

/** Replaces values (inputs, as a rule) by others: how one graph is put behind another. */
export function substitute(values: readonly Value[], replacements: ReadonlyMap<Value, Value>): Value[] {
  return rewriteValues(values, (node) => {
    if (!node.outputs.some((value) => replacements.has(value))) return undefined;
    return node.outputs.map((value) => replacements.get(value) ?? value);
  });
}

/** A node of the same op on other inputs and with some attributes changed: its outputs. */
export function withAttributes(node: Node, inputs: readonly Value[], changed: Attributes): readonly Value[] {
  return createNode(node.op, inputs, { ...node.attributes, ...changed }, node.outputs).outputs;
}

/** Class numbers of a hundred thousand identities are shared; weights are as good as never equal. */
const LARGEST_SHARED_CONSTANT = 2 ** 17;

/** Computes equal things once: nodes of the same op, inputs and attributes become one node. */
export function shareEqualNodes(graph: Graph): Graph {
  const seen = new Map<string, readonly Value[]>();
  const numbers = new Map<Node, number>();
  const numberOf = (node: Node): number => {
    const known = numbers.get(node) ?? numbers.size;
    numbers.set(node, known);
    return known;
  };
  return rewrite(graph, (node, inputs) => {
    if (node.op === inputOp) return undefined;
    const { data, ...attributes } = node.attributes;
    // Weights are not compared by their elements: that would take longer than it saves.
    if (node.op === constantOp && (data as ArrayLike<number>).length > LARGEST_SHARED_CONSTANT) return undefined;
    const key = JSON.stringify([
      node.op.name,
      inputs.map((value) => [numberOf(value.node), value.index]),
      Object.entries(attributes).map(([name, value]) => [name, exactText(value)]),
      exactText(data),
      node.outputs.map(({ type, shape }) => [type, shape]),
    ]);
    const known = seen.get(key);
    if (known !== undefined) return known;
    const outputs = createNode(node.op, inputs, node.attributes, node.outputs).outputs;
    seen.set(key, outputs);
    return outputs;
  });
}

/** Text that differs wherever values do: JSON and `String` know no −0, and JSON neither infinities nor NaN. */
function exactText(value: Attribute | undefined): string {
  if (typeof value === "object") return Array.from<number | bigint, string>(value, exactNumber).join();
  return typeof value === "number" ? exactNumber(value) : String(value);
}

function exactNumber(value: number | bigint): string {
  return Object.is(value, -0) ? "-0" : String(value);
}
