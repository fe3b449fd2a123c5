import { requireBetween, requirePositive } from "../../base/core/index.ts";
import { inverseBeta } from "./incomplete-beta.ts";

/**
 * Quantile of Student's t distribution: the t with P(T ≤ t) = p. For t ≥ 0 and ν degrees of freedom,
 * 2 P(T > t) = I_x(ν/2, 1/2) with x = ν / (ν + t²).
 *
 * @param p in (0, 1).
 * @param freedom degrees of freedom ν, above 0.
 * @throws {OptionError} when an argument is out of range.
 * @see NIST Digital Library of Mathematical Functions, 8.17: https://dlmf.nist.gov/8.17
 */
export function studentQuantile(p: number, freedom: number): number {
  requireBetween("probability", p, Number.MIN_VALUE, 1 - Number.EPSILON);
  requirePositive("degrees of freedom", freedom);
  const x = inverseBeta(2 * Math.min(p, 1 - p), freedom / 2, 1 / 2);
  return Math.sign(p - 0.5) * Math.sqrt((freedom * (1 - x)) / x);
}
