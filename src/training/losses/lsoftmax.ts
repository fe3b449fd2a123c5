import { broadcastTo, l2Norm, matmul, mul, oneHot } from "../../compiler/graph/index.ts";
import { annealedPsi, lambdaOption, lambdaScalar, multiplierOption } from "./angle-multiplier.ts";
import type { FaceLoss } from "./loss.ts";
import { defineLoss, type GivenOptions } from "./loss-definition.ts";
import { products } from "./softmax.ts";
import { replaceTarget, targetEntry } from "./target.ts";

/** Large-margin softmax. */
export const lSoftmaxLoss = defineLoss({
  name: "lsoftmax",
  title: "L-Softmax",
  formula: "logit_y = ‖W_y‖ · ‖x‖ · (λ · cos θ_y + ψ(θ_y)) / (1 + λ), the others W_j·x",
  paper: "Liu et al., Large-Margin Softmax Loss, ICML 2016: https://arxiv.org/abs/1612.02295",
  options: { margin: multiplierOption, lambda: lambdaOption },
  make: ({ margin, lambda }) => ({
    margin,
    canSample: true,
    build: (scope) => {
      const logits = products(scope);
      const centerNorm = matmul(oneHot(scope.labels, logits), l2Norm(scope.centers()));
      const psi = annealedPsi(targetEntry(scope.cosines(), scope.labels), margin, lambdaScalar(scope, lambda));
      const target = mul(mul(centerNorm, l2Norm(scope.embeddings)), psi);
      return { logits: replaceTarget(logits, scope.labels, broadcastTo(target, logits.shape)) };
    },
  }),
});

/** Margin and annealing of `lSoftmax`. */
export type LSoftmaxOptions = GivenOptions<typeof lSoftmaxLoss.options>;

/**
 * Large-margin softmax (L-Softmax): nothing is normalized, and the target's angle is multiplied:
 * logit_y = ‖W_y‖ ‖x‖ · (λ·cos θ + ψ(θ)) / (1 + λ), the others W_j·x. A-Softmax is the same with
 * ‖W_j‖ = 1. By default m = 4, and λ falls from 1,000 to 5 in training (`annealedLambda`).
 *
 * @throws {OptionError} when an option is out of range.
 * @see Liu et al., Large-Margin Softmax Loss, ICML 2016: https://arxiv.org/abs/1612.02295
 */
export const lSoftmax: (options?: LSoftmaxOptions) => FaceLoss = lSoftmaxLoss.create;
