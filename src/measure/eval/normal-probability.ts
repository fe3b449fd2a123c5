/**
 * Φ(x), the distribution function of the standard normal: ½ + φ(x) · (x + x³/3 + x⁵/15 + x⁷/105 + …). The
 * error is below 1e-15; {@link probit} is its inverse.
 * @see Marsaglia, Evaluating the Normal Distribution, J. Statistical Software 11(4), 2004
 */
export function normalProbability(x: number): number {
  if (x > 8.5) return 1;
  if (x < -8.5) return 0;
  let sum = x;
  let term = x;
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
