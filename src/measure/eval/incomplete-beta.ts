/**
 * The regularized incomplete beta function I_x(a, b): the distribution function of the beta distribution and, for whole
 * numbers, the tail of the binomial distribution: P(Bin(n, p) ≥ k) = I_p(k, n − k + 1).
 *
 * It is evaluated by its continued fraction, which converges in O(√max(a, b)) steps for x < (a + 1) / (a + b + 2);
 * above that, I_x(a, b) = 1 − I_{1−x}(b, a).
 * @see NIST Digital Library of Mathematical Functions, 8.17: https://dlmf.nist.gov/8.17
 */

/** Replaces 0 in a denominator of the continued fraction (Lentz's method). */
const TINY = 1e-300;

/** I_x(a, b) for x in [0, 1], a > 0 and b > 0. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const logFront = a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b);
  return (Math.exp(logFront) / a) * continuedFraction(x, a, b);
}

/** 1 / (1 + d₁ / (1 + d₂ / (1 + …))) by Lentz's method, DLMF 8.17.22. */
function continuedFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; ; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 4 * Number.EPSILON) return fraction;
  }
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** Coefficients B₂ₖ / (2k(2k − 1)) of Stirling's series. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];

/** ln Γ(x) for x > 0: Stirling's series, after Γ(x) = Γ(x + 1) / x has made x large enough. */
export function logGamma(x: number): number {
  let shift = 0;
  let large = x;
  for (; large < 12; large++) shift += Math.log(large);
  const series = STIRLING.reduceRight((sum, coefficient) => sum / (large * large) + coefficient, 0) / large;
  return (large - 0.5) * Math.log(large) - large + Math.log(2 * Math.PI) / 2 + series - shift;
}

/** The x with I_x(a, b) = p, to 1e-13 of its value, by bisection: a few dozen steps, guaranteed to converge. */
export function inverseBeta(p: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  while (high - low > 1e-13 * high) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(X ≥ k) for X ~ Bin(n, p). */
export function binomialTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n) return 0;
  return incompleteBeta(p, k, n - k + 1);
}
