/**
 * Bounds on the largest cosine between C unit vectors in K dimensions, where the best arrangement is unknown: a cosine
 * that some pair reaches in every arrangement (Levenshtein; in three dimensions also Fejes Tóth), and a cosine that
 * some arrangement does not exceed (the covering argument). The optimum lies between the two.
 */
import { requireInteger } from "../../base/core/index.ts";

/**
 * Levenshtein's bound: no more than L(K, t) unit vectors in K dimensions have all their cosines ≤ t, for 0 ≤ t < 1.
 *
 * With Gegenbauer polynomials P_k scaled to P_k(1) = 1, and t between the largest zeros of the adjacent polynomials:
 *
 *     L = B(k+K−3, k−1) · [(2k+K−3)/(K−1) − (P_{k−1} − P_k) / ((1−t) P_k)]                    odd
 *     degree 2k−1 L = B(k+K−2, k) · [(2k+K−1)/(K−1) − (1+t)(P_k − P_{k+1}) / ((1−t)(P_k + P_{k+1}))]
 *       even degree 2k
 *
 * The polynomials adjacent to P_k are (P_k − P_{k+1})/(1−t) and (P_k − P_{k+2})/(1−t²). Their largest zeros
 * grow with k, so the degree is the first at which one of these polynomials is not positive.
 *
 * @see Levenshtein, Universal bounds for codes and designs, in: Handbook of Coding Theory (1998), Section 5.
 */
export function levenshteinCount(dimension: number, cosine: number): number {
  const t = cosine;
  const next = (k: number, current: number, previous: number): number =>
    ((2 * k + dimension - 2) * t * current - k * previous) / (k + dimension - 2);
  let [previous, current] = [1, t];
  let binomial = 1;
  for (let k = 1; ; k++) {
    const following = next(k, current, previous);
    if (current - following <= 0) {
      const ratio = (previous - current) / ((1 - t) * current);
      return binomial * ((2 * k + dimension - 3) / (dimension - 1) - ratio);
    }
    binomial *= (k + dimension - 2) / k;
    if (current - next(k + 1, following, current) <= 0) {
      const ratio = ((1 + t) * (current - following)) / ((1 - t) * (current + following));
      return binomial * ((2 * k + dimension - 1) / (dimension - 1) - ratio);
    }
    [previous, current] = [current, following];
  }
}

/** The cosine that some pair of `identities` > 2·`dimension` unit vectors must reach, from Levenshtein's bound. */
export function levenshteinCosine(identities: number, dimension: number): number {
  requireInteger("identities", identities, 2);
  requireInteger("dimension", dimension, 2);
  return Math.cos(solveAngle((angle) => levenshteinCount(dimension, Math.cos(angle)) >= identities));
}

/**
 * The cosine that some pair of `identities` > 2 points on the ordinary sphere (three dimensions) must reach, by
 * Fejes Tóth's bound δ² ≤ 4 − csc²(πC / (6(C−2))) on the least chord δ; the triangle, tetrahedron,
 * octahedron and icosahedron attain it.
 *
 * @see Fejes Tóth, Über die Abschätzung des kürzesten Abstandes zweier Punkte (1943).
 */
export function fejesTothCosine(identities: number): number {
  requireInteger("identities", identities, 3);
  return 1 / (2 * Math.sin((Math.PI * identities) / (6 * (identities - 2))) ** 2) - 1;
}

/**
 * A cosine that the best arrangement of `identities` unit vectors does not exceed. Add points one at a time, each at an
 * angle ≥ φ to all before it: as long as the caps of radius φ around them cannot cover the sphere, there is room
 * for one more point, so C points fit when (C−1) · cap(φ) < 1.
 *
 * @see Shannon, Probability of error for optimal codes in a Gaussian channel, Bell Sys. Tech. J. 38 (1959).
 */
export function coveringCosine(identities: number, dimension: number): number {
  requireInteger("identities", identities, 2);
  requireInteger("dimension", dimension, 2);
  return Math.cos(solveAngle((angle) => capFraction(angle, dimension) * (identities - 1) < 1));
}

/**
 * The share of the sphere in `dimension` dimensions within `angle` ≤ π/2 (radians) of a point:
 * ½ · I(sin²φ; (K−1)/2, ½), with the regularized incomplete beta function.
 */
export function capFraction(angle: number, dimension: number): number {
  const a = (dimension - 1) / 2;
  const x = Math.sin(angle) ** 2;
  if (x === 0) return 0;
  const front = Math.exp(a * Math.log(x) + logGamma(a + 0.5) - logGamma(a)) * (Math.cos(angle) / Math.sqrt(Math.PI));
  // The continued fraction converges fast only below this x; above it the mirrored fraction does.
  if (x < (a + 1) / (a + 2.5)) return (0.5 * front * betaFraction(x, a, 0.5)) / a;
  return 0.5 * (1 - front * 2 * betaFraction(1 - x, 0.5, a));
}

/** The largest angle in (0, π/2] for which `holds`: a condition that is true below some angle and false above it. */
function solveAngle(holds: (angle: number) => boolean): number {
  let [low, high] = [Math.PI / 2, Math.PI / 2];
  while (!holds(low)) [low, high] = [low / 2, low];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** The continued fraction of the incomplete beta function, by Lentz's method (DLMF 8.17.22). */
function betaFraction(x: number, a: number, b: number): number {
  let numerator = 1;
  let denominator = 1 / (1 - ((a + b) * x) / (a + 1));
  let fraction = denominator;
  for (let m = 1; m < 10_000; m++) {
    const terms = [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ];
    let change = 1;
    for (const term of terms) {
      denominator = 1 / (1 + term * denominator);
      numerator = 1 + term / numerator;
      change = numerator * denominator;
      fraction *= change;
    }
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return fraction;
}

/** ln Γ(z) for z > 0: the recurrence until z ≥ 10, then Stirling's series (DLMF 5.11.1). */
function logGamma(z: number): number {
  let shift = 0;
  let large = z;
  while (large < 10) shift += Math.log(large++);
  const inverse = 1 / large;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
  return (large - 0.5) * Math.log(large) - large + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
