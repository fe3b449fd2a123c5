/**
 * From comparisons to searches. A FAR is a rate per pair: a probe of a stranger that is compared with N enrolled people
 * has N chances to be taken for one of them. Were the comparisons independent, it would be taken for someone with
 * FPIR = 1 − (1 − FAR)^N; they are not quite, since a blurred or common face is near to many, which makes false accepts
 * fall on fewer probes and FPIR lower for most. With several templates for each person N counts templates.
 * @see Daugman, Biometric decision landscapes, Cambridge TR 482, 2000, section 2: https://doi.org/10.48456/tr-482
 */
import { requireBetween, requireInteger } from "../../base/core/index.ts";

/**
 * The false positive identification rate of `comparisonCount` independent comparisons at a FAR: 1 − (1 − FAR)^N.
 *
 * @param far in [0, 1].
 * @throws {OptionError} when an argument is out of range.
 */
export function expectedFpir(far: number, comparisonCount: number): number {
  requireBetween("expectedFpir: far", far, 0, 1);
  requireInteger("expectedFpir: comparisonCount", comparisonCount, 0);
  return far === 1 ? Math.min(1, comparisonCount) : -Math.expm1(comparisonCount * Math.log1p(-far));
}

/**
 * The FAR at which `comparisonCount` independent comparisons have a given FPIR: 1 − (1 − FPIR)^(1/N), about FPIR / N.
 *
 * @param fpir in [0, 1].
 * @throws {OptionError} when an argument is out of range.
 */
export function farForFpir(fpir: number, comparisonCount: number): number {
  requireBetween("farForFpir: fpir", fpir, 0, 1);
  requireInteger("farForFpir: comparisonCount", comparisonCount, 1);
  return fpir === 1 ? 1 : -Math.expm1(Math.log1p(-fpir) / comparisonCount);
}
