import { requirePositive } from "../../base/core/index.ts";
import { mul } from "../../compiler/graph/index.ts";
import { PAPER_SCALE } from "./cosface.ts";
import { cosines, type LogitLoss } from "./loss.ts";

/** Scale of `nsl`. */
export type NslOptions = {
  /** Scale s that every cosine is multiplied by; positive, default 64. Without a margin about 20 trains better. */
  readonly scale?: number;
};

/**
 * Normalized softmax loss: logit_j = s · cos θ_j.
 *
 * @throws {OptionError} when `scale` is not positive.
 * @see CosFace, Eq. 3: https://arxiv.org/abs/1801.09414; NormFace: https://arxiv.org/abs/1704.06369
 */
export function nsl({ scale = PAPER_SCALE }: NslOptions = {}): LogitLoss {
  requirePositive("nsl: scale", scale);
  return { name: "nsl", margin: 0, scale, logits: (inputs) => mul(cosines(inputs), scale) };
}
