import { ShapeError } from "../../base/core/index.ts";
import type { Graph } from "./graph.ts";
import { graphInputs, outputValues, sortedNodes } from "./graph.ts";
import { opOf } from "./op.ts";
import { constantOp, formatType, inputOp } from "./value.ts";

/**
 * Checks the invariants of a graph, which every pass must keep: each node's op is registered, each output has the type
 * that the op's shape rule gives for the node's inputs, constants have as many elements as their shape, input names are
 * unique.
 * @throws {ShapeError} naming the first node that breaks a rule.
 */
export function verifyGraph(graph: Graph): void {
  graphInputs(graph);
  for (const node of sortedNodes(outputValues(graph))) {
    const where = `${graph.name}: '${node.op.name}'`;
    for (const [i, value] of node.outputs.entries()) {
      if (value.node !== node || value.index !== i) throw new ShapeError(`internal: ${where} holds a foreign output`);
    }
    if (node.op === inputOp || node.op === constantOp) continue;
    const op = opOf(node.op);
    if (op === undefined) throw new ShapeError(`internal: ${where} is not registered`);
    const expected = op.infer(node.inputs, node.attributes).map(formatType).join(" ");
    const got = node.outputs.map(formatType).join(" ");
    if (got !== expected) throw new ShapeError(`internal: ${where} has outputs ${got}, expected ${expected}`);
  }
}
