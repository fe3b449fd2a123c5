/**
 * Mean and variance of the logarithm of a rate. After k successes in n trials, Jeffreys' prior gives the rate a beta
 * distribution with parameters k + ½ and n − k + ½, and the logarithm of a beta variable has the mean ψ(a) −
 * ψ(a + b) and the variance ψ′(a) − ψ′(a + b). Both are finite when nothing was accepted, where the
 * logarithm of k / n is not.
 * @see Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 2, 1995, chapter 25
 */

/** From here on the asymptotic series below have errors under 1e-14. */
const LARGE = 12;

/** ψ(x), the derivative of ln Γ(x), for x > 0. @see https://dlmf.nist.gov/5.11 (5.11.2) */
export function digamma(x: number): number {
  let shift = 0;
  let large = x;
  for (; large < LARGE; large++) shift += 1 / large;
  const square = 1 / (large * large);
  const series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square * (1 / 132)))));
  return Math.log(large) - 1 / (2 * large) - series - shift;
}

/** ψ′(x), the derivative of {@link digamma}, for x > 0. */
export function trigamma(x: number): number {
  let shift = 0;
  let large = x;
  for (; large < LARGE; large++) shift += 1 / (large * large);
  const square = 1 / (large * large);
  const series = square * (1 / 6 - square * (1 / 30 - square * (1 / 42 - square * (1 / 30 - square * (5 / 66)))));
  return 1 / large + square / 2 + series / large + shift;
}

/** Mean and variance of ln(rate) when `rate` was measured on `count` independent trials, as Jeffreys' prior has it. */
export function logRate(rate: number, count: number): { readonly mean: number; readonly variance: number } {
  const [successes, total] = [rate * count + 0.5, count + 1];
  return { mean: digamma(successes) - digamma(total), variance: trigamma(successes) - trigamma(total) };
}
