/**
 * Reverse-mode differentiation: walks the nodes that a scalar depends on from its end to its beginning and adds up, op
 * by op, the gradients that each op's `vjp` gives for its inputs. The result is more graph, to print, verify and
 * differentiate again.
 */
import { ShapeError } from "../../base/core/index.ts";
import { sortedNodes } from "./graph.ts";
import { opOf } from "./op.ts";
import { add } from "./ops/arithmetic.ts";
import { fixedSize } from "./shape.ts";
import { fill, type Node, scalar, type Value } from "./value.ts";

/**
 * Gradients of a scalar with respect to each of `values`, of their shapes; zeros where the scalar does not depend on
 * one.
 * @throws {ShapeError} when `loss` is not a scalar, or when an op without a gradient lies between it and a value.
 */
export function gradients(loss: Value, values: readonly Value[]): Value[] {
  if (loss.shape.length !== 0)
    throw new ShapeError(`gradients: got shape [${loss.shape}], expected a scalar: reduce it first`);
  return vectorJacobianProduct([loss], [scalar(1, loss.type)], values);
}

/** The same for outputs of any shape, each with its incoming gradient. */
export function vectorJacobianProduct(
  outputs: readonly Value[],
  outputGradients: readonly Value[],
  values: readonly Value[],
): Value[] {
  const wanted = new Set(values);
  const nodes = sortedNodes(outputs);
  const onPath = new Set<Node>();
  for (const node of nodes) {
    if (node.outputs.some((value) => wanted.has(value)) || node.inputs.some((value) => onPath.has(value.node))) {
      onPath.add(node);
    }
  }
  const sums = new Map<Value, Value>();
  const accumulate = (value: Value, gradient: Value | undefined): void => {
    if (gradient === undefined) return;
    const sum = sums.get(value);
    sums.set(value, sum === undefined ? gradient : add(sum, gradient));
  };
  for (const [i, value] of outputs.entries()) accumulate(value, outputGradients[i]);
  for (const node of nodes.reverse()) {
    if (!onPath.has(node) || !node.inputs.some((value) => onPath.has(value.node))) continue;
    if (node.outputs.some((value) => sums.has(value))) {
      const results = inputGradients(
        node,
        node.outputs.map((value) => sums.get(value)),
      );
      for (const [i, value] of node.inputs.entries()) if (onPath.has(value.node)) accumulate(value, results[i]);
    }
  }
  return values.map((value) => sums.get(value) ?? zerosLike(value));
}

/** Gradients of a node's inputs by the rule of its op. */
function inputGradients(node: Node, outputGradients: readonly (Value | undefined)[]): readonly (Value | undefined)[] {
  const op = opOf(node.op);
  const [y] = node.outputs;
  if (op === undefined || y === undefined) throw new ShapeError(`internal: op '${node.op.name}' is not registered`);
  if ("zero" in op.vjp) return [];
  if ("none" in op.vjp) {
    throw new ShapeError(
      `gradients: '${op.name}' has no gradient: ${op.vjp.none}; take it out of the path from the values to the loss`,
    );
  }
  const { inputs, outputs, attributes } = node;
  return op.vjp({
    inputs,
    outputs,
    y,
    get dy() {
      const [first] = outputGradients;
      if (first === undefined) throw new ShapeError(`internal: '${node.op.name}' has several outputs, and reads dy`);
      return first;
    },
    outputGradients,
    attributes,
  });
}

function zerosLike({ type, shape }: Value): Value {
  const sizes = shape.map((size) => fixedSize("gradients", size));
  return fill(sizes, 0, type);
}
