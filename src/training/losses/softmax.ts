import { matmul, type Value } from "../../compiler/graph/index.ts";
import type { FaceLoss, LossScope } from "./loss.ts";
import { defineLoss } from "./loss-definition.ts";

/** Softmax loss with the bias fixed at 0. */
export const softmaxDefinition = defineLoss({
  name: "softmax",
  title: "softmax",
  formula: "logit_j = W_j·x",
  paper: "CosFace, Eq. 1 and 2: https://arxiv.org/abs/1801.09414",
  options: {},
  make: () => ({ canSample: true, build: (scope) => ({ logits: products(scope) }) }),
});

/**
 * Softmax loss with the bias fixed at 0: logit_j = W_j·x = ‖W_j‖ ‖x‖ cos θ_j. Nothing is normalized.
 *
 * @see CosFace, Eq. 1 and 2: https://arxiv.org/abs/1801.09414
 */
export const softmaxLoss: () => FaceLoss = softmaxDefinition.create;

/** W_j·x of every embedding and class center: f32[batch, identities]. */
export function products(scope: LossScope): Value {
  return matmul(scope.embeddings, scope.centers(), { transposeB: true });
}
