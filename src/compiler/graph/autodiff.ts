/**
 * Reverse-mode differentiation: walks the nodes behind a scalar from its end to its beginning and adds, op by op, the
 * gradients that each op's `vjp` gives for its inputs. The result is more graph, to print, verify and differentiate again.
 */
import { ShapeError } from "../../base/core/index.ts";
import { sortedNodes } from "./graph.ts";
import { opOf } from "./op.ts";
import { add } from "./ops/arithmetic.ts";
import { fill, type Node, scalar, type Value } from "./value.ts";

/**
 * Gradients of a scalar with respect to each of `values`, of their shapes; zeros where the scalar does not depend on one.
 * @throws {ShapeError} when `loss` is no scalar, or when the way to a value leads through an op that has no gradient.
 */
export function gradients(loss: Value, values: readonly Value[]): Value[] {
  if (loss.shape.length !== 0)
    throw new ShapeError(`gradients: got shape [${loss.shape}], expected a scalar: reduce it first`);
  return vectorJacobianProduct([loss], [scalar(1, loss.type)], values);
}

/** The same for outputs of any shape, each with the gradient that comes in from behind it. */
export function vectorJacobianProduct(
  outputs: readonly Value[],
  outputGradients: readonly Value[],
  values: readonly Value[],
): Value[] {
  const wanted = new Set(values);
  const nodes = sortedNodes(outputs);
  const onTheWay = new Set<Node>();
  for (const node of nodes) {
    if (node.outputs.some((value) => wanted.has(value)) || node.inputs.some((value) => onTheWay.has(value.node))) {
      onTheWay.add(node);
    }
  }
  const sums = new Map<Value, Value>();
  const accumulate = (value: Value, gradient: Value): void => {
    const sum = sums.get(value);
    sums.set(value, sum === undefined ? gradient : add(sum, gradient));
  };
  for (const [i, value] of outputs.entries()) accumulate(value, outputGradients[i]!);
  for (const node of nodes.reverse()) {
    if (!onTheWay.has(node) || !node.inputs.some((value) => onTheWay.has(value.node))) continue;
    const incoming = node.outputs.map((value) => sums.get(value));
    if (incoming.every((gradient) => gradient === undefined)) continue;
    const op = opOf(node.op);
    if (op === undefined) throw new ShapeError(`internal: op '${node.op.name}' is not registered`);
    if ("zero" in op.vjp) continue;
    if (typeof op.vjp !== "function") {
      throw new ShapeError(
        `gradients: '${op.name}' has no gradient: ${op.vjp.none}; take it out of the way to the loss`,
      );
    }
    const results = op.vjp({
      inputs: node.inputs,
      outputs: node.outputs,
      y: node.outputs[0]!,
      dy: incoming[0]!,
      outputGradients: incoming,
      attributes: node.attributes,
    });
    for (const [i, value] of node.inputs.entries()) {
      const gradient = results[i];
      if (gradient !== undefined && onTheWay.has(value.node)) accumulate(value, gradient);
    }
  }
  return values.map((value) => sums.get(value) ?? fill(value.shape as readonly number[], 0, value.type));
}
