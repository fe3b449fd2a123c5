import { requireBetween } from "../../base/core/index.ts";
import { broadcastTo, l2Norm, matmul, mul, oneHot } from "../../compiler/graph/index.ts";
import { annealedPsi, requireMultiplier } from "./angle-multiplier.ts";
import { cosines, type LogitLoss, replaceTarget, targetEntry } from "./loss.ts";

/** Margin and annealing of `lSoftmax`. */
export type LSoftmaxOptions = {
  /** Multiplier m of the target's angle: 1, 2, 3 or 4; default 4. */
  readonly margin?: number;
  /** Weight λ ≥ 0 of the plain cosine beside ψ; default 0. Training starts at 1,000 and falls to 5 (`annealedLambda`). */
  readonly lambda?: number;
};

/**
 * Large-margin softmax (L-Softmax): nothing is normalized, and the target's angle is multiplied:
 * logit_y = ‖W_y‖ ‖x‖ · (λ·cos θ + ψ(θ)) / (1 + λ), the others W_j·x. A-Softmax is the same with ‖W_j‖ = 1.
 *
 * @throws {OptionError} when an option is out of range.
 * @see Liu et al., Large-Margin Softmax Loss, ICML 2016: https://arxiv.org/abs/1612.02295
 */
export function lSoftmax({ margin = 4, lambda = 0 }: LSoftmaxOptions = {}): LogitLoss {
  requireMultiplier("lSoftmax: margin", margin);
  requireBetween("lSoftmax: lambda", lambda, 0, 1e9);
  return {
    name: "lsoftmax",
    margin,
    scale: 1,
    logits: (inputs) => {
      const products = matmul(inputs.embeddings, inputs.centers, { transposeB: true });
      const centerNorm = matmul(oneHot(inputs.labels, products), l2Norm(inputs.centers));
      const psi = annealedPsi(targetEntry(cosines(inputs), inputs.labels), margin, inputs.lambda ?? lambda);
      const target = mul(mul(centerNorm, l2Norm(inputs.embeddings)), psi);
      return replaceTarget(products, inputs.labels, broadcastTo(target, products.shape));
    },
  };
}
