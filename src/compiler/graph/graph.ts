import { ShapeError } from "../../base/core/index.ts";
import { inputName, inputOp, type Node, type Value } from "./value.ts";

/** Named outputs; everything they need is reached from them. */
export type Graph = {
  readonly name: string;
  readonly outputs: { readonly [name: string]: Value };
};

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
export function graphInputs({ name, outputs }: Graph): Map<string, Value> {
  const inputs = new Map<string, Value>();
  for (const node of sortedNodes(Object.values(outputs))) {
    if (node.op !== inputOp) continue;
    for (const value of node.outputs) {
      const given = inputName(value);
      if (inputs.has(given)) {
        throw new ShapeError(`${name}: got two inputs named '${given}', expected one: share the value`);
      }
      inputs.set(given, value);
    }
  }
  return inputs;
}
