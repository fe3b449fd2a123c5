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

/**
 * The expected CosFace loss of an untrained network, exact for random class centers. NSL is the case of margin 0.
 *
 * A run whose first loss is far from it has a wrong scale, margin, label range or normalization. Logs of other
 * implementations agree within ± 2, because their embeddings and centers are not quite random at the start.
 *
 * @throws {OptionError} when an argument is out of range.
 */
export function expectedFirstLoss(options: SphereSize & { readonly scale: number; readonly margin?: number }): number {
  requireSphereSize(options);
  const { identities, dimension, scale, margin = 0 } = options;
  requirePositive("scale", scale);
  requireBetween("margin", margin, 0, 2);
  const missing = laplaceOfExponentials(dimension, scale);
  // The first factor rises from 0 to 1 above w = −s − ln C, the second falls from 1 to 0 below w = s·m + s. Both
  // do so over at least a unit of w, where the trapezoidal rule with a step of ¼ has an error of about 1e-9. For K =
  // 3 the density ends in a kink, and the nodes below have an error of 1e-4. Steps and nodes are limited so that every
  // scale is quick to answer: from s ≈ 250 on, the relative error is about 1e-3.
  const [low, high] = [-scale - Math.log(identities) - 30, scale * (1 + margin) + 5];
  const stepCount = Math.min(4 * Math.ceil(high - low), MOST_STEPS);
  const step = (high - low) / stepCount;
  let sum = 0;
  for (let i = 0; i <= stepCount; i++) {
    const w = low + i * step;
    const someOther = -Math.expm1((identities - 1) * Math.log1p(-missing(w)));
    sum += someOther * (1 - missing(w - scale * margin));
  }
  return sum * step;
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

/**
 * The function w ↦ 1 − φ(e^w) = E[1 − exp(−e^{w + s·cos θ})], where θ has density ∝ sin^{K−2} θ on
 * [0, π].
 */
function laplaceOfExponentials(dimension: number, scale: number): (w: number) => number {
  const halfWidth = Math.min(Math.PI / 2, 14 / Math.sqrt(dimension)); // 14 standard deviations, or everything
  const nodeCount = Math.min(400 + Math.ceil(8 * scale * halfWidth), MOST_NODES);
  const nodes = Array.from({ length: nodeCount + 1 }, (_, i) => {
    const fromEquator = halfWidth * ((2 * i) / nodeCount - 1);
    const end = i === 0 || i === nodeCount ? 0.5 : 1;
    return { exponent: scale * Math.sin(fromEquator), weight: end * Math.cos(fromEquator) ** (dimension - 2) };
  });
  const total = nodes.reduce((sum, { weight }) => sum + weight, 0);
  return (w) => {
    let sum = 0;
    for (const { exponent, weight } of nodes) sum -= weight * Math.expm1(-Math.exp(w + exponent));
    return sum / total;
  };
}
