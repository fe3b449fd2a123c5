import { requireBetween, requirePositive } from "../../base/core/index.ts";
import { cos, greater, mul, neg, type Operand, sin, sub, type Value, where } from "../../compiler/graph/index.ts";
import { cosines, type LogitLoss, replaceTarget, targetEntry, targetSine } from "./loss.ts";

/** Margin and scale of `arcFace`. */
export type ArcFaceOptions = {
  /** Angular margin m in radians, added to the target's angle; in [0, π/2], default 0.5. */
  readonly marginRadians?: number;
  /** Scale s that every logit is multiplied by; positive, default 64. */
  readonly scale?: number;
};

/**
 * Additive angular margin loss: the target's logit is s · cos(θ + m), the others s · cos θ_j.
 *
 * Beyond θ = π − m, where cos(θ + m) would rise again, the target is cos θ − m·sin(π − m), as in the authors' code: still
 * falling, with a plain gradient.
 *
 * @throws {OptionError} when `marginRadians` or `scale` is out of range.
 * @see Deng et al., ArcFace: https://arxiv.org/abs/1801.07698
 */
export function arcFace({ marginRadians = 0.5, scale = 64 }: ArcFaceOptions = {}): LogitLoss {
  requireBetween("arcFace: marginRadians", marginRadians, 0, Math.PI / 2);
  requirePositive("arcFace: scale", scale);
  return {
    name: "arcface",
    margin: marginRadians,
    scale,
    logits: (inputs) => {
      const cosine = cosines(inputs);
      const sine = targetSine(inputs, cosine);
      const target = angularTarget(targetEntry(cosine, inputs.labels), sine, inputs.margin ?? marginRadians);
      return mul(replaceTarget(cosine, inputs.labels, target), scale);
    },
  };
}

/** cos(θ + m) = cos θ · cos m − sin θ · sin m, continued beyond θ = π − m. */
function angularTarget(cosine: Value, sine: Value, margin: Operand): Value {
  const cosMargin = typeof margin === "number" ? Math.cos(margin) : cos(margin);
  // sin(π − m) = sin m, and cos(π − m) = −cos m.
  const sinMargin = typeof margin === "number" ? Math.sin(margin) : sin(margin);
  const turned = sub(mul(cosine, cosMargin), mul(sine, sinMargin));
  const drop = typeof margin === "number" ? margin * Math.sin(margin) : mul(margin, sinMargin);
  const limit = typeof cosMargin === "number" ? -cosMargin : neg(cosMargin);
  return where(greater(cosine, limit), turned, sub(cosine, drop));
}
