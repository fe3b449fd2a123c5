import { OptionError, requireFields, requireObject } from "../../base/core/index.ts";
import { add, div, fixedSize, isLabel, reduceSum, type Value, where } from "../../compiler/graph/index.ts";
import { meanCrossEntropy } from "./cross-entropy.ts";
import type { FaceLoss, LossScope } from "./loss.ts";

/**
 * Builds a loss and returns the value that is trained on: f32[].
 *
 * @throws {OptionError} for a loss that returns neither logits, nor costs, nor a penalty.
 */
export function buildLoss(loss: FaceLoss, scope: LossScope): Value {
  requireFields("loss", loss, { build: "a function" });
  requireObject("scope", scope);
  const { logits, costs, penalty } = loss.build(scope);
  const terms = [
    ...(logits === undefined ? [] : [meanCrossEntropy(logits, scope.labels)]),
    ...(costs === undefined ? [] : [div(sumOfCosts(costs, scope.labels), scope.batchSize)]),
    ...(penalty === undefined ? [] : [penalty]),
  ];
  if (terms.length === 0) {
    throw new OptionError(`${loss.name}: got a loss without logits, costs and penalty, expected one of them`);
  }
  return terms.reduce((sum, term) => add(sum, term));
}

/**
 * The targets' costs and the others' are added up by themselves: in f32 a large one takes digits from many small ones.
 */
function sumOfCosts(costs: Value, labels: Value): Value {
  const isTarget = isLabel(labels, fixedSize("costs", costs.shape[1]));
  return add(reduceSum(where(isTarget, costs, 0)), reduceSum(where(isTarget, 0, costs)));
}
