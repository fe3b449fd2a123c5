import { broadcastTo, l2Norm, l2Normalize, matmul, mul } from "../../compiler/graph/index.ts";
import { annealedPsi, lambdaOption, lambdaScalar, multiplierOption } from "./angle-multiplier.ts";
import type { FaceLoss } from "./loss.ts";
import { defineLoss, type GivenOptions } from "./loss-definition.ts";
import { replaceTarget, targetEntry } from "./target.ts";

/** A-Softmax (SphereFace). */
export const aSoftmaxLoss = defineLoss({
  name: "asoftmax",
  title: "A-Softmax",
  formula: "logit_y = ‖x‖ · (λ · cos θ_y + ψ(θ_y)) / (1 + λ), the others ‖x‖ · cos θ_j; ψ(θ) is cos(mθ) made monotone",
  paper: "Liu et al., SphereFace, CVPR 2017: https://arxiv.org/abs/1704.08063",
  options: {
    margin: multiplierOption,
    scale: {
      doc: "'norm': embeddings keep their norm; a number: they are normalized to it, as in CosFace's Table 2",
      default: "norm",
      exclusiveMinimum: 0,
      words: ["norm"],
    },
    lambda: lambdaOption,
  },
  compared: (scale) => [
    { title: "A-Softmax", options: {} },
    { title: `A-Softmax, s = ${scale}`, options: { scale } },
  ],
  make: ({ margin, scale, lambda }) => ({
    margin,
    scale: scale === "norm" ? 1 : scale,
    canSample: true,
    build: (scope) => {
      // The target's cosine from its own product: with x = 0 it is 0 by l2Normalize's floor, not 0/0.
      const unit = scope.cosines();
      const psi = annealedPsi(targetEntry(unit, scope.labels), margin, lambdaScalar(scope, lambda));
      if (scale !== "norm") return { logits: mul(replaceTarget(unit, scope.labels, psi), scale) };
      const products = matmul(scope.embeddings, l2Normalize(scope.centers()), { transposeB: true });
      const target = mul(l2Norm(scope.embeddings), psi);
      return { logits: replaceTarget(products, scope.labels, broadcastTo(target, products.shape)) };
    },
  }),
});

/** Margin, scale and annealing of `aSoftmax`. */
export type ASoftmaxOptions = GivenOptions<typeof aSoftmaxLoss.options>;

/**
 * A-Softmax (SphereFace): class centers are normalized, embeddings keep their norm, and the target's angle is
 * multiplied: logit_y = ‖x‖ · (λ·cos θ + ψ(θ)) / (1 + λ), the others ‖x‖ · cos θ_j. ψ(θ) is
 * cos(mθ) made monotone: see angle-multiplier.ts. With a number for the scale, ‖x‖ is replaced by it. By default
 * m = 4, and λ falls from 1,000 to 5 in training (`annealedLambda`).
 *
 * @throws {OptionError} when an option is out of range.
 * @see Liu et al., SphereFace, CVPR 2017: https://arxiv.org/abs/1704.08063
 */
export const aSoftmax: (options?: ASoftmaxOptions) => FaceLoss = aSoftmaxLoss.create;
