/**
 * From comparisons to searches. A FAR is a rate per pair: a non-mate that is compared with N enrolled people has N
 * chances of a false match. If the comparisons were independent, the rate per search would be FPIR = 1 − (1 −
 * FAR)^N. They are not: a blurred or common face resembles many, so false accepts concentrate on fewer probes, and
 * FPIR is lower for most. With several templates per person, N counts templates.
 * @see Daugman, Biometric decision landscapes, Cambridge TR 482, 2000, section 2: https://doi.org/10.48456/tr-482
 */
import { requireBetween, requireInteger } from "../../base/core/index.ts";

/**
 * False positive identification rate of `comparisonCount` independent comparisons at a FAR: 1 − (1 − FAR)^N.
 *
 * @param far in [0, 1].
 * @throws {OptionError} when an argument is out of range.
 */
export function expectedFpir(far: number, comparisonCount: number): number {
  requireBetween("far", far, 0, 1);
  requireInteger("comparisonCount", comparisonCount, 0);
  return far === 1 ? Math.min(1, comparisonCount) : -Math.expm1(comparisonCount * Math.log1p(-far));
}

/**
 * FAR at which `comparisonCount` independent comparisons have a given FPIR: 1 − (1 − FPIR)^(1/N), about FPIR / N.
 *
 * @param fpir in [0, 1].
 * @throws {OptionError} when an argument is out of range.
 */
export function farForFpir(fpir: number, comparisonCount: number): number {
  requireBetween("fpir", fpir, 0, 1);
  requireInteger("comparisonCount", comparisonCount, 1);
  return fpir === 1 ? 1 : -Math.expm1(Math.log1p(-fpir) / comparisonCount);
}
