import { requireBetween } from "../../base/core/index.ts";
import { broadcastTo, l2Norm, l2Normalize, matmul, mul } from "../../compiler/graph/index.ts";
import { annealedPsi, requireMultiplier } from "./angle-multiplier.ts";
import { cosines, type LogitLoss, replaceTarget, requireScale, type Scale, targetEntry } from "./loss.ts";

/** Margin, scale and annealing of `aSoftmax`. */
export type ASoftmaxOptions = {
  /** Multiplier m of the target's angle: 1, 2, 3 or 4; default 4. */
  readonly margin?: number;
  /** "norm", the default: each embedding keeps its norm. A number: embeddings are normalized to it, as in CosFace's Table 2. */
  readonly scale?: Scale;
  /** Weight λ ≥ 0 of the plain cosine beside ψ; default 0. Training starts at 1,000 and falls to 5 (`annealedLambda`). */
  readonly lambda?: number;
};

/**
 * A-Softmax (SphereFace): class centers are normalized, embeddings keep their norm, and the target's angle is multiplied:
 * logit_y = ‖x‖ · (λ·cos θ + ψ(θ)) / (1 + λ), the others ‖x‖ · cos θ_j. ψ(θ) is cos(mθ) made monotone: see
 * angle-multiplier.ts. With a number for the scale, ‖x‖ is replaced by it.
 *
 * @throws {OptionError} when an option is out of range.
 * @see Liu et al., SphereFace, CVPR 2017: https://arxiv.org/abs/1704.08063
 */
export function aSoftmax({ margin = 4, scale = "norm", lambda = 0 }: ASoftmaxOptions = {}): LogitLoss {
  requireMultiplier("aSoftmax: margin", margin);
  requireScale("aSoftmax: scale", scale);
  requireBetween("aSoftmax: lambda", lambda, 0, 1e9);
  return {
    name: "asoftmax",
    margin,
    scale: scale === "norm" ? 1 : scale,
    logits: (inputs) => {
      // The target's cosine from its own product: with x = 0 it is 0 by l2Normalize's floor, not 0/0.
      const unit = cosines(inputs);
      const psi = annealedPsi(targetEntry(unit, inputs.labels), margin, inputs.lambda ?? lambda);
      if (scale !== "norm") return mul(replaceTarget(unit, inputs.labels, psi), scale);
      const products = matmul(inputs.embeddings, l2Normalize(inputs.centers), { transposeB: true });
      const target = mul(l2Norm(inputs.embeddings), psi);
      return replaceTarget(products, inputs.labels, broadcastTo(target, products.shape));
    },
  };
}
