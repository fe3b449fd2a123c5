import { requireBetween, requireInteger, requirePositive } from "../../base/core/index.ts";

/**
 * Two-class decision regions, in the plane of the cosines to the two class centers.
 *
 * A loss requires that the own logit of a sample, after the margin, is the larger one. With h the target function,
 * which applies to the own cosine only, class 1 is the region h(cos θ₁) ≥ cos θ₂ and class 2 the region h(cos
 * θ₂) ≥ cos θ₁. NSL has h(t) = t, and the two regions touch; CosFace has h(t) = t − m, which leaves a band
 * of width √2·m between them. For plain softmax the norms of the centers tilt the boundary, so the regions of
 * different pairs of classes overlap in cosines.
 *
 * @see Wang et al., CosFace, CVPR 2018, Section 3.3: https://arxiv.org/abs/1801.09414
 */
export type DecisionRule = {
  readonly name: "softmax" | "nsl" | "a-softmax" | "cosface" | "arcface";
  /** The largest cos θ₂ at which a sample with this cos θ₁ is in class 1. */
  readonly firstLimit: (cosine1: number) => number;
  /** The largest cos θ₁ at which a sample with this cos θ₂ is in class 2. */
  readonly secondLimit: (cosine2: number) => number;
};

/**
 * Plain softmax without biases: class 1 where ‖W₁‖cos θ₁ ≥ ‖W₂‖cos θ₂. One boundary through the
 * origin, of slope ‖W₁‖/‖W₂‖.
 *
 * @throws {OptionError} when a norm is not positive.
 */
export function softmaxRule(norm1: number, norm2: number): DecisionRule {
  requirePositive("norm1", norm1);
  requirePositive("norm2", norm2);
  return {
    name: "softmax",
    firstLimit: (cosine) => (cosine * norm1) / norm2,
    secondLimit: (cosine) => (cosine * norm2) / norm1,
  };
}

/** Normalized softmax: class 1 where cos θ₁ ≥ cos θ₂; one boundary, margin 0. */
export function nslRule(): DecisionRule {
  return symmetricRule("nsl", (cosine) => cosine);
}

/**
 * A-Softmax: class 1 where ψ(θ₁) ≥ cos θ₂. With `monotone` false, plain cos(m·θ₁) instead of ψ: it rises
 * again beyond θ = π/m, so that samples far from their center count as class 1 again. ψ avoids that.
 *
 * @throws {OptionError} when `multiplier` is not a whole number ≥ 1.
 */
export function aSoftmaxRule(multiplier: number, { monotone = true }: { monotone?: boolean } = {}): DecisionRule {
  requireInteger("multiplier", multiplier, 1);
  return symmetricRule("a-softmax", (cosine) => {
    const angle = angleOf(cosine);
    return monotone ? aSoftmaxPsi(angle, multiplier) : Math.cos(multiplier * angle);
  });
}

/**
 * CosFace: class 1 where cos θ₁ − m ≥ cos θ₂; the same margin at every angle.
 *
 * @throws {OptionError} when `margin` is not in [0, 2].
 */
export function cosFaceRule(margin: number): DecisionRule {
  requireBetween("margin", margin, 0, 2);
  return symmetricRule("cosface", (cosine) => cosine - margin);
}

/**
 * ArcFace: class 1 where cos(θ₁ + m) ≥ cos θ₂; beyond θ₁ = π − m the target is cos θ₁ − m·sin m,
 * as in training.
 *
 * @throws {OptionError} when `marginRadians` is not in [0, π/2].
 */
export function arcFaceRule(marginRadians: number): DecisionRule {
  requireBetween("marginRadians", marginRadians, 0, Math.PI / 2);
  return symmetricRule("arcface", (cosine) => {
    const angle = angleOf(cosine) + marginRadians;
    return angle <= Math.PI ? Math.cos(angle) : cosine - marginRadians * Math.sin(marginRadians);
  });
}

/**
 * A-Softmax's target function ψ(θ) = (−1)ᵏ·cos(mθ) − 2k for θ in [kπ/m, (k+1)π/m]: cos(mθ) with every
 * other piece flipped and all pieces shifted to join, so that it falls from 1 at θ = 0 to 1 − 2m at θ = π.
 *
 * @throws {OptionError} when θ is not in [0, π] (radians), or `multiplier` is not a whole number ≥ 1.
 */
export function aSoftmaxPsi(theta: number, multiplier: number): number {
  requireBetween("theta", theta, 0, Math.PI);
  requireInteger("multiplier", multiplier, 1);
  const piece = Math.min(multiplier - 1, Math.floor((multiplier * theta) / Math.PI));
  return (piece % 2 === 0 ? 1 : -1) * Math.cos(multiplier * theta) - 2 * piece;
}

/** ψ's monotone pieces: the start and end of each (radians), and the sign and offset of its formula. */
export function aSoftmaxPieces(
  multiplier: number,
): { readonly from: number; readonly to: number; readonly sign: 1 | -1; readonly offset: number }[] {
  requireInteger("multiplier", multiplier, 1);
  return Array.from({ length: multiplier }, (_, piece) => ({
    from: (piece * Math.PI) / multiplier,
    to: ((piece + 1) * Math.PI) / multiplier,
    sign: piece % 2 === 0 ? 1 : -1,
    offset: -2 * piece,
  }));
}

function symmetricRule(name: DecisionRule["name"], target: (cosine: number) => number): DecisionRule {
  return { name, firstLimit: target, secondLimit: target };
}

function angleOf(cosine: number): number {
  return Math.acos(Math.max(-1, Math.min(1, cosine)));
}
