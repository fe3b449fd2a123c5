/**
 * The order in which a step updates its parameters. ONNX Runtime works from the last output of a graph to the first, so
 * parameters are updated from the last layer to the first, as their gradients come, and each layer's activations are
 * released. But the next values of a large matrix over small activations take more memory than the activations that its
 * gradient is made of, and they would be made while the activations of all layers are still there: such a parameter is
 * better updated at the end.
 */
import { elementCount, type Value } from "../../../compiler/graph/index.ts";

/** A parameter's gradient, and how many tensors of its size the update makes. */
export type Update = { readonly gradient: Value; readonly resultCount: number };

/** The same updates in the order of a graph's outputs: those to be made last come first. */
export function inOutputOrder<T extends Update>(updates: readonly T[]): T[] {
  const waits = new Map(updates.map((update) => [update, isLighterToWait(update)]));
  return [...updates.filter((update) => waits.get(update)), ...updates.filter((update) => !waits.get(update))];
}

function isLighterToWait({ gradient, resultCount }: Update): boolean {
  const held = [...madeOf(gradient)].reduce((sum, { shape }) => sum + elementCount(shape), 0);
  return held < resultCount * elementCount(gradient.shape);
}

/** The values of other sizes that a gradient is computed from: the two factors of a product, most often. */
function madeOf(gradient: Value): Set<Value> {
  const size = elementCount(gradient.shape);
  const found = new Set<Value>();
  const seen = new Set<Value>([gradient]);
  // Grows while it is walked.
  for (const { node } of seen) {
    for (const source of node.inputs) {
      if (elementCount(source.shape) === size) seen.add(source);
      else found.add(source);
    }
  }
  return found;
}
