import { OptionError } from "../../base/core/index.ts";
import { add, type Value } from "../../compiler/graph/index.ts";
import { meanCrossEntropy } from "./cross-entropy.ts";
import type { FaceLoss, LossScope } from "./loss.ts";

/**
 * Builds a loss and returns the value that is trained on: f32[].
 *
 * @throws {OptionError} for a loss that returns neither logits nor a penalty.
 */
export function buildLoss(loss: FaceLoss, scope: LossScope): Value {
  const { logits, penalty } = loss.build(scope);
  const terms = [
    ...(logits === undefined ? [] : [meanCrossEntropy(logits, scope.labels)]),
    ...(penalty === undefined ? [] : [penalty]),
  ];
  if (terms.length === 0) {
    throw new OptionError(`${loss.name}: got a loss without logits and penalty, expected one of them`);
  }
  return terms.reduce((sum, term) => add(sum, term));
}
