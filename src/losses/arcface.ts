import { requireBetween, requirePositive } from "../core/index.ts";
import { cos, greater, maximum, mul, neg, type Operand, sin, sqrt, sub, type Value, where } from "../graph/index.ts";
import { cosines, type FaceLoss, replaceTarget, targetEntry } from "./loss.ts";

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
export function arcFace({ marginRadians = 0.5, scale = 64 }: ArcFaceOptions = {}): FaceLoss {
  requireBetween("arcFace: marginRadians", marginRadians, 0, Math.PI / 2);
  requirePositive("arcFace: scale", scale);
  return {
    name: "arcface",
    margin: marginRadians,
    scale,
    logits: (inputs) => {
      const cosine = cosines(inputs);
      const target = angularTarget(targetEntry(cosine, inputs.labels), marginRadians, inputs.margin);
      return mul(replaceTarget(cosine, inputs.labels, target), scale);
    },
  };
}

/**
 * Smallest 1 − cos² that the sine is taken of. d√(1 − t²)/dt = −t/√(1 − t²) has no limit at t = ±1, so a cosine nearer
 * to ±1 than 5e-8 (rounding of f32) gets sine √1e-7 and passes no gradient through it.
 */
const SINE_SQUARE_FLOOR = 1e-7;

/** cos(θ + m) = cos θ · cos m − sin θ · sin m, continued beyond θ = π − m. */
function angularTarget(cosine: Value, marginRadians: number, warming?: Operand): Value {
  const sine = sqrt(maximum(sub(1, mul(cosine, cosine)), SINE_SQUARE_FLOOR));
  const margin = warming ?? marginRadians;
  const cosMargin = typeof margin === "number" ? Math.cos(margin) : cos(margin);
  // sin(π − m) = sin m, and cos(π − m) = −cos m.
  const sinMargin = typeof margin === "number" ? Math.sin(margin) : sin(margin);
  const turned = sub(mul(cosine, cosMargin), mul(sine, sinMargin));
  const drop = typeof margin === "number" ? margin * Math.sin(margin) : mul(margin, sinMargin);
  const limit = typeof cosMargin === "number" ? -cosMargin : neg(cosMargin);
  return where(greater(cosine, limit), turned, sub(cosine, drop));
}
