/** How passes rebuild graphs: nodes are immutable, so a pass makes new ones from the first that it replaces. */
import { ShapeError } from "../../base/core/index.ts";
import type { Graph } from "./graph.ts";
import { outputEntries, outputValues, sortedNodes } from "./graph.ts";
import { createNode, type Node, type Value } from "./value.ts";

/** Returns the values that replace a node's outputs, or undefined to keep the node on its rewritten inputs. */
export type NodeRule = (node: Node, inputs: readonly Value[]) => readonly Value[] | undefined;

/** Rebuilds values with a rule applied to every node; shared nodes stay shared. */
export function rewriteValues(values: readonly Value[], rule: NodeRule): Value[] {
  return values.map(replacements(values, rule));
}

/** The same for a whole graph. */
export function rewrite(graph: Graph, rule: NodeRule): Graph {
  const replacement = replacements(outputValues(graph), rule);
  return {
    name: graph.name,
    outputs: new Map(outputEntries(graph).map(([name, value]) => [name, replacement(value)])),
  };
}

/** Maps each value that others are computed from to the one that replaces it. */
function replacements(values: readonly Value[], rule: NodeRule): (value: Value) => Value {
  const replaced = new Map<Value, Value>();
  const replacement = (value: Value): Value => {
    const found = replaced.get(value);
    if (found === undefined) throw new ShapeError(`internal: '${value.node.op.name}' was not rewritten`);
    return found;
  };
  for (const node of sortedNodes(values)) {
    const inputs = node.inputs.map(replacement);
    const isSame = inputs.every((value, i) => value === node.inputs[i]);
    const outputs = rule(node, inputs) ?? (isSame ? node.outputs : withInputs(node, inputs));
    for (const [i, value] of outputs.entries()) {
      const old = node.outputs[i];
      if (old !== undefined) replaced.set(old, value);
    }
  }
  return replacement;
}

/** Replaces values (inputs, as a rule) by others: how one graph is put behind another. */
export function substitute(values: readonly Value[], replacements: ReadonlyMap<Value, Value>): Value[] {
  return rewriteValues(values, (node) => {
    if (!node.outputs.some((value) => replacements.has(value))) return undefined;
    return node.outputs.map((value) => replacements.get(value) ?? value);
  });
}

/** The outputs of the same node on other inputs of the same types. */
export function withInputs(node: Node, inputs: readonly Value[]): readonly Value[] {
  return withLowering(node, inputs, node.lowering);
}

/** The same, written by a lowering of the op. */
export function withLowering(node: Node, inputs: readonly Value[], lowering: string | undefined): readonly Value[] {
  return createNode(node.op, inputs, node.attributes, node.outputs, lowering).outputs;
}
