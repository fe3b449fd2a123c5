import { ShapeError } from "../../base/core/index.ts";
import { inputName, inputOp, type Node, type Value } from "./value.ts";

/**
 * Values by name, in order. A Map keeps the order of any names; an object moves names that are integers to its front.
 */
export type Outputs = { readonly [name: string]: Value } | ReadonlyMap<string, Value>;

/** Named outputs; everything they need is reached from them. */
export type Graph = { readonly name: string; readonly outputs: Outputs };

/** Names and values of the outputs, in order. */
export function outputEntries({ outputs }: Graph): [name: string, value: Value][] {
  return isMap(outputs) ? [...outputs] : Object.entries(outputs);
}

/** Values of the outputs, in order. */
export function outputValues(graph: Graph): Value[] {
  return outputEntries(graph).map(([, value]) => value);
}

/** An output by its name; undefined if the graph has no such output. */
export function outputOf({ outputs }: Graph, name: string): Value | undefined {
  return isMap(outputs) ? outputs.get(name) : outputs[name];
}

function isMap(outputs: Outputs): outputs is ReadonlyMap<string, Value> {
  return outputs instanceof Map;
}

/** Nodes that the outputs need, each after the nodes it takes values from, in depth-first order. */
export function sortedNodes(outputs: Iterable<Value>): Node[] {
  const sorted: Node[] = [];
  const state = new Map<Node, "open" | "done">();
  // An explicit stack: training steps are deeper than the call stack of some hosts.
  const stack = [...outputs].map(({ node }) => node).reverse();
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    const known = state.get(node);
    if (known === undefined) {
      state.set(node, "open");
      for (const { node: source } of node.inputs.toReversed()) if (!state.has(source)) stack.push(source);
    } else {
      stack.pop();
      if (known === "open") {
        state.set(node, "done");
        sorted.push(node);
      }
    }
  }
  return sorted;
}

/** Inputs that the outputs need, by name. @throws {ShapeError} for two different inputs of one name. */
export function graphInputs(graph: Graph): Map<string, Value> {
  const inputs = new Map<string, Value>();
  for (const node of sortedNodes(outputValues(graph))) {
    if (node.op !== inputOp) continue;
    for (const value of node.outputs) {
      const given = inputName(value);
      if (inputs.has(given)) {
        throw new ShapeError(`${graph.name}: got two inputs named '${given}', expected one: share the value`);
      }
      inputs.set(given, value);
    }
  }
  return inputs;
}
