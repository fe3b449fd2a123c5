/**
 * Confidence intervals for a rate measured on independent trials. Pairs of a verification test share images and
 * people, so they are not independent, and the true uncertainty is somewhat larger.
 */
import { OptionError, requireInteger, requireObject } from "../../base/core/index.ts";
import { inverseBeta } from "./incomplete-beta.ts";
import { probit } from "./probit.ts";

/** A measured rate: `successes` out of `trials`. */
export type Proportion = { readonly successes: number; readonly trials: number };

/** low ≤ value ≤ high. */
export type Interval = { readonly low: number; readonly high: number };

/**
 * Wilson score interval: its coverage is close to nominal on average, and it never leaves [0, 1].
 *
 * @param confidence two-sided, in (0, 1).
 * @throws {OptionError} when `trials` < 1, or `successes` is not in [0, trials], or `confidence` is out of range.
 * @see Wilson, JASA 22, 1927: https://doi.org/10.1080/01621459.1927.10502953
 */
export function wilsonInterval(proportion: Proportion, confidence = 0.95): Interval {
  requireProportion(proportion, confidence);
  const { successes, trials } = proportion;
  const z = probit((1 + confidence) / 2);
  const rate = successes / trials;
  const center = (rate + (z * z) / (2 * trials)) / (1 + (z * z) / trials);
  const spread = (z * Math.sqrt((rate * (1 - rate)) / trials + (z / (2 * trials)) ** 2)) / (1 + (z * z) / trials);
  // At the ends center and spread cancel exactly in theory, but not always in floating point.
  return {
    low: successes === 0 ? 0 : Math.max(0, center - spread),
    high: successes === trials ? 1 : Math.min(1, center + spread),
  };
}

/**
 * Clopper-Pearson ("exact") interval: its coverage is never below nominal, so use it for guarantees. 0 of n gives
 * (0, 1 − ((1 − confidence) / 2)^(1/n)), about 3.7 / n at 95 %.
 *
 * @param confidence two-sided, in (0, 1).
 * @throws {OptionError} when `trials` < 1, or `successes` is not in [0, trials], or `confidence` is out of range.
 * @see Clopper and Pearson, Biometrika 26, 1934: https://doi.org/10.1093/biomet/26.4.404
 */
export function clopperPearsonInterval(proportion: Proportion, confidence = 0.95): Interval {
  requireProportion(proportion, confidence);
  const { successes, trials } = proportion;
  return betaInterval(successes, trials - successes, confidence);
}

/**
 * Clopper-Pearson interval for a rate, with an effective number of trials.
 *
 * @param rate in [0, 1]; `rate` × `count` need not be a whole number.
 * @param count effective number of trials, ≥ 1.
 * @see Korn and Graubard, Survey Methodology 24, 1998
 */
export function effectiveInterval(rate: number, count: number, confidence: number): Interval {
  return betaInterval(rate * count, (1 - rate) * count, confidence);
}

function betaInterval(successes: number, failures: number, confidence: number): Interval {
  const outside = (1 - confidence) / 2;
  return {
    low: successes === 0 ? 0 : inverseBeta(outside, successes, failures + 1),
    high: failures === 0 ? 1 : inverseBeta(1 - outside, successes + 1, failures),
  };
}

function requireProportion(proportion: Proportion, confidence: number): void {
  requireObject("proportion", proportion);
  const { successes, trials } = proportion;
  requireInteger("trials", trials, 1);
  requireInteger("successes", successes, 0);
  if (successes > trials) throw new OptionError(`successes: got ${successes}, expected at most the ${trials} trials`);
  requireConfidence(confidence);
}

/** @throws {OptionError} when `confidence` is not in (0, 1). */
export function requireConfidence(confidence: number): void {
  if (!(confidence > 0 && confidence < 1)) {
    throw new OptionError(`confidence: got ${confidence}, expected a number in (0, 1)`);
  }
}
