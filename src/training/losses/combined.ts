import { requireBetween, requirePositive } from "../../base/core/index.ts";
import { abs, acos, add, clip, cos, greater, mul, sub, type Value, where } from "../../compiler/graph/index.ts";
import { cosines, type LogitLoss, replaceTarget, targetEntry, targetSine } from "./loss.ts";

/** Margins m1, m2, m3 and scale of `combinedMargin`. */
export type CombinedMarginOptions = {
  /** m1: multiplies the target's angle; in [0.5, 4], default 1. */
  readonly multiplier?: number;
  /** m2: added to the target's angle, in radians; in [0, π/2], default 0.3. */
  readonly marginRadians?: number;
  /** m3: subtracted from the target's cosine; in [0, 1], default 0.2. */
  readonly margin?: number;
  /** Scale s; positive, default 64. */
  readonly scale?: number;
};

/**
 * Combined margin: the target's logit is s · (cos(m1·θ + m2) − m3); (1, 0, m) is CosFace, (1, m, 0) nearly ArcFace.
 *
 * The formula as it stands: where m1·θ + m2 > π it rises again, so keep the margins small; the default is ArcFace's CM1.
 *
 * @throws {OptionError} when an option is out of range.
 * @see Deng et al., ArcFace, section 3.1: https://arxiv.org/abs/1801.07698
 */
export function combinedMargin(options: CombinedMarginOptions = {}): LogitLoss {
  const { multiplier = 1, marginRadians = 0.3, margin = 0.2, scale = 64 } = options;
  requireBetween("combinedMargin: multiplier", multiplier, 0.5, 4);
  requireBetween("combinedMargin: marginRadians", marginRadians, 0, Math.PI / 2);
  requireBetween("combinedMargin: margin", margin, 0, 1);
  requirePositive("combinedMargin: scale", scale);
  return {
    name: "combined",
    margin,
    scale,
    logits: (inputs) => {
      const cosine = cosines(inputs);
      const angle = targetAngle(targetEntry(cosine, inputs.labels), targetSine(inputs, cosine));
      const target = sub(cos(add(mul(angle, multiplier), marginRadians)), inputs.margin ?? margin);
      return mul(replaceTarget(cosine, inputs.labels, target), scale);
    },
  };
}

/**
 * θ in [0, π] of cos θ and sin θ: by arccos where that is well-conditioned, elsewhere by arcsin, arcsin s = π/2 − arccos s.
 * Each is kept within what it is used for, as the gradient of arccos is infinite at ±1.
 */
function targetAngle(cosine: Value, sine: Value): Value {
  const middle = acos(clip(cosine, -LARGEST, LARGEST));
  const aside = sub(Math.PI / 2, acos(clip(sine, 0, LARGEST)));
  const outer = where(greater(cosine, 0), aside, sub(Math.PI, aside));
  return where(greater(abs(cosine), Math.SQRT1_2), outer, middle);
}

/** Above √½, where one branch hands over to the other. */
const LARGEST = 0.8;
