import { matmul } from "../../compiler/graph/index.ts";
import type { LogitLoss } from "./loss.ts";

/**
 * Softmax loss with the bias fixed at 0: logit_j = W_j·x = ‖W_j‖ ‖x‖ cos θ_j. Nothing is normalized.
 *
 * @see CosFace, Eq. 1 and 2: https://arxiv.org/abs/1801.09414
 */
export function softmaxLoss(): LogitLoss {
  return {
    name: "softmax",
    margin: 0,
    scale: 1,
    logits: ({ embeddings, centers }) => matmul(embeddings, centers, { transposeB: true }),
  };
}
