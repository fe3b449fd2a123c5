import { requireBetween } from "../../base/core/index.ts";
import { l2Norm, mul, oneHot, sub } from "../../compiler/graph/index.ts";
import { cosines, type LogitLoss, requireScale, type Scale } from "./loss.ts";

/** The paper's m and s, the defaults of its losses. */
export const PAPER_MARGIN = 0.35;
export const PAPER_SCALE = 64;

/** Margin and scale of `cosFace`. */
export type CosFaceOptions = {
  /** Cosine margin m, subtracted from the target's cosine; in [0, 2], default 0.35. */
  readonly margin?: number;
  /** Scale s that every logit is multiplied by; positive, default 64. "norm": embeddings are not normalized, s = ‖x‖. */
  readonly scale?: Scale;
};

/**
 * Large margin cosine loss (LMCL): logit_j = s · (cos θ_j − m · [j = label]).
 *
 * The two-class boundaries cos θ₁ = cos θ₂ ± m leave a band of width √2·m between the classes, the same at every angle.
 *
 * @throws {OptionError} when `margin` or `scale` is out of range.
 * @see Wang et al., CosFace, CVPR 2018, Eq. 4: https://arxiv.org/abs/1801.09414
 */
export function cosFace({ margin = PAPER_MARGIN, scale = PAPER_SCALE }: CosFaceOptions = {}): LogitLoss {
  requireBetween("cosFace: margin", margin, 0, 2);
  requireScale("cosFace: scale", scale);
  return {
    name: "cosface",
    margin,
    scale: scale === "norm" ? 1 : scale,
    logits: (inputs) => {
      const cosine = cosines(inputs);
      return mul(
        sub(cosine, mul(oneHot(inputs.labels, cosine), inputs.margin ?? margin)),
        scale === "norm" ? l2Norm(inputs.embeddings) : scale,
      );
    },
  };
}
