import { requireBetween, requirePositive } from "../../base/core/index.ts";
import { requireSphereSize, type SphereSize } from "./bounds.ts";

/**
 * The expected loss of an untrained network.
 *
 * With class centers uniform on the sphere and independent of the embedding, the cosines c_j of an embedding to the
 * centers are independent, with density ∝ (1 − c²)^{(K−3)/2}: nearly N(0, 1/K). For many identities and a
 * moderate scale the sum over the other centers is close to its mean, which gives the rule of thumb
 *
 *     L₀ ≈ ln(C−1) + s·m + s²/(2K).
 *
 * It is too high where s²/K is not small compared to 2·ln C: a few of the largest terms then dominate the sum, which
 * stays below its mean. The exact expectation needs only one integral. With T = e^{s(m − c_y)} · Σ_{j≠y}
 * e^{s·c_j} and ln(1 + T) = ∫ (1 − e^{−uT}) e^{−u} du/u, substitute u = e^{w − s·m + s·c_y}: the
 * expectations over c_y and each c_j then separate into one function φ(v) = E[e^{−v·e^{s·c}}],
 *
 *     L₀ = ∫ (1 − φ(e^w)^{C−1}) · φ(e^{w − s·m}) dw.
 */

/** The sphere of an untrained network, and how the cosine to an identity comes about. */
export type FirstLossSphere = SphereSize & {
  /** Class centers an identity, of which the nearest counts; default 1. */
  readonly centersPerIdentity?: number;
  /** The cosine above which another identity's logit is 0; default: none is. */
  readonly filter?: number;
};

/** A loss of an untrained network: s times a function of the target's cosine, among s · cos θ_j. */
export type FirstLossOptions = FirstLossSphere & {
  readonly scale: number;
  /** m, subtracted from the target's cosine; default 0. */
  readonly margin?: number;
  /** The target's logit over s as a function of its cosine; default: the cosine − m. */
  readonly target?: (cosine: number) => number;
};

/**
 * The expected softmax loss of an untrained network, by default CosFace's, exact for random class centers. NSL is the
 * case of margin 0. With another function h of the target's cosine, s · h(c_y) takes the place of s · (c_y − m).
 *
 * A run whose first loss is far from it has a wrong scale, margin, label range or normalization. Logs of other
 * implementations agree within ± 2, because their embeddings and centers are not quite random at the start.
 *
 * @throws {OptionError} when an argument is out of range.
 */
export function expectedFirstLoss(options: FirstLossOptions): number {
  requireSphereSize(options);
  const { identities, scale, margin = 0, filter = Number.POSITIVE_INFINITY } = options;
  requirePositive("scale", scale);
  requireBetween("margin", margin, 0, 2);
  const { target = (cosine) => cosine - margin } = options;
  const nodes = cosineNodes(options, scale);
  const missing = laplaceOfExponentials(nodes, (cosine) => (cosine > filter ? 0 : scale * cosine));
  const missingTarget = laplaceOfExponentials(nodes, (cosine) => scale * target(cosine));
  const lowest = nodes.reduce((least, { cosine }) => Math.min(least, target(cosine)), target(-1));
  // The first factor rises from 0 to 1 above w = −s − ln C, the second falls from 1 to 0 below w = −s·h for the
  // lowest h, −1 − m. Both do so over at least a unit of w, where the trapezoidal rule with a step of ¼ has an
  // error of about 1e-9. For K = 3 the density ends in a kink, and the nodes below have an error of 1e-4. Steps and
  // nodes are limited so that every scale is quick to answer: from s ≈ 250 on, the relative error is about 1e-3.
  const [low, high] = [-scale - Math.log(identities) - 30, -scale * lowest + 5];
  const stepCount = Math.min(4 * Math.ceil(high - low), MOST_STEPS);
  const step = (high - low) / stepCount;
  let sum = 0;
  for (let i = 0; i <= stepCount; i++) {
    const w = low + i * step;
    const someOther = -Math.expm1((identities - 1) * Math.log1p(-missing(w)));
    sum += someOther * (1 - missingTarget(w));
  }
  return sum * step;
}

/**
 * The mean of a function of the cosine between an embedding and a random identity, for losses that add up over them.
 */
export function meanOverCosines(
  sphere: FirstLossSphere & { readonly scale: number },
  value: (cosine: number) => number,
): number {
  requireSphereSize(sphere);
  return cosineNodes(sphere, sphere.scale).reduce((sum, { cosine, weight }) => sum + weight * value(cosine), 0);
}

const MOST_STEPS = 3000;
const MOST_NODES = 4000;

/** The rule of thumb ln(C−1) + s·m + s²/(2K): for large C and s²/K well below 2·ln C. */
export function approximateFirstLoss(
  options: SphereSize & { readonly scale: number; readonly margin?: number },
): number {
  requireSphereSize(options);
  const { identities, dimension, scale, margin = 0 } = options;
  requirePositive("scale", scale);
  requireBetween("margin", margin, 0, 2);
  return Math.log(identities - 1) + scale * margin + scale ** 2 / (2 * dimension);
}

/** A cosine and its share of the probability. */
type CosineNode = { readonly cosine: number; readonly weight: number };

/**
 * The distribution of a random cosine: density ∝ sin^{d−2} θ on [0, π]. With K centers an identity the highest of
 * their K independent cosines counts, whose density is K · F^{K−1} · f.
 */
function cosineNodes({ dimension, centersPerIdentity = 1 }: FirstLossSphere, scale: number): CosineNode[] {
  const halfWidth = Math.min(Math.PI / 2, 14 / Math.sqrt(dimension)); // 14 standard deviations, or everything
  const nodeCount = Math.min(400 + Math.ceil(8 * scale * halfWidth), MOST_NODES);
  const nodes = Array.from({ length: nodeCount + 1 }, (_, i) => {
    const fromEquator = halfWidth * ((2 * i) / nodeCount - 1);
    const end = i === 0 || i === nodeCount ? 0.5 : 1;
    return { cosine: Math.sin(fromEquator), weight: end * Math.cos(fromEquator) ** (dimension - 2) };
  });
  const total = nodes.reduce((sum, { weight }) => sum + weight, 0);
  let below = 0;
  return nodes.map(({ cosine, weight }) => {
    const share = weight / total;
    const middle = below + share / 2;
    below += share;
    return { cosine, weight: share * centersPerIdentity * middle ** (centersPerIdentity - 1) };
  });
}

/** The function w ↦ 1 − φ(e^w) = E[1 − exp(−e^{w + exponent(cos θ)})]. */
function laplaceOfExponentials(
  nodes: readonly CosineNode[],
  exponent: (cosine: number) => number,
): (w: number) => number {
  const terms = nodes.map(({ cosine, weight }) => ({ exponent: exponent(cosine), weight }));
  return (w) => {
    let sum = 0;
    for (const { exponent, weight } of terms) sum -= weight * Math.expm1(-Math.exp(w + exponent));
    // The weights add up to 1 but for rounding.
    return Math.min(1, sum);
  };
}
