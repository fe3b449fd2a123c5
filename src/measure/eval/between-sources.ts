/**
 * The rate on photographs of a source that nobody measured, from a few sources that were. Photographs of one source
 * (one camera, one collection, one kind of scene) share light, pose and quality, so the false accept rate F of one
 * threshold differs between sources by more than the chance of who was photographed explains. An interval from one
 * source, however many people it has, does not contain that difference.
 *
 * The model is the random-effects model of meta-analysis on the logarithm of the rate, because sources differ by
 * factors:
 *
 *   y_s = ln F̂_s ~ N(θ_s, v_s),   θ_s ~ N(μ, τ²),
 *
 * with v_s the variance of a source by itself (from its effective number of pairs, `logRate`). μ is flat. A bootstrap
 * over sources, or an estimate of τ by moments, fails with two or three sources: a resample of two sources is one of
 * them, twice, in half of the cases, and Student's t with one degree of freedom makes the interval a factor of
 * thousands wide. So τ has the half-normal prior with scale ½ that Röver and others propose for logarithms of
 * ratios: a median of 0.34, where two sources differ by a factor of 1.4 in the median, and a 95 % point of 0.98,
 * where they differ by a factor of 2.5. For a fixed τ, with w_s = 1 / (v_s + τ²), W = Σ w_s and
 * μ̂ = Σ w_s y_s / W:
 *
 *   τ | y         ∝ prior(τ) · Π √w_s / √W · exp(−½ Σ w_s (y_s − μ̂)²)
 *   θ_new | y, τ  ~ N(μ̂, τ² + 1/W)
 *   θ_s | y, τ    ~ N(B y_s + (1 − B) μ̂, B v_s + (1 − B)² / W),   B = τ² / (τ² + v_s)
 *
 * and the posteriors are mixtures over τ. The last line is the rate of one of the sources that were measured: the
 * others are its prior, and give way (B → 1) as its own people grow and v_s falls.
 * @see Higgins, Thompson and Spiegelhalter, J. Royal Statistical Society A 172, 2009 (prediction in a new study)
 * @see Röver and others, Research Synthesis Methods 12, 2021: https://doi.org/10.1002/jrsm.1475 (the prior of τ)
 * @see Gelman, Bayesian Analysis 1, 2006 (why τ needs a prior when there are few groups)
 */
import type { Interval } from "./confidence.ts";
import { normalProbability } from "./normal-probability.ts";
import { logRate } from "./polygamma.ts";

/** A rate that was measured on one source, and the number of independent trials with the same variance. */
export type SourceRate = { readonly rate: number; readonly effectiveCount: number };

/** Scale of the half-normal prior of τ, the standard deviation of ln(rate) between sources. */
export const SPREAD_SCALE = 0.5;

/** τ is integrated by the midpoint rule up to this many scales, where its prior has 6e-7 of its mass. */
const LARGEST_SPREAD = 5;
const SPREAD_STEPS = 100;

/** What is known of a rate: a mixture of normal distributions of its logarithm, one for each value of τ. */
export class RatePosterior {
  readonly #parts: readonly { readonly weight: number; readonly mean: number; readonly deviation: number }[];

  /**
   * @param sources the rates measured; at least one.
   * @param target index of the source whose own rate is asked for, or "new" for a source that was not measured.
   */
  constructor(sources: readonly SourceRate[], target: number | "new") {
    const measured = sources.map(({ rate, effectiveCount }) => logRate(rate, effectiveCount));
    const own = target === "new" ? undefined : measured[target];
    const parts = Array.from({ length: SPREAD_STEPS }, (_, step) => {
      const scales = (LARGEST_SPREAD * (step + 0.5)) / SPREAD_STEPS;
      const spread = (scales * SPREAD_SCALE) ** 2;
      let [sum, weighted, logs] = [0, 0, 0];
      for (const { mean, variance } of measured) {
        const weight = 1 / (variance + spread);
        sum += weight;
        weighted += weight * mean;
        logs += Math.log(weight) / 2;
      }
      const center = weighted / sum;
      const misfit = measured.reduce((q, { mean, variance }) => q + (mean - center) ** 2 / (variance + spread), 0);
      const logWeight = logs - (Math.log(sum) + misfit + scales ** 2) / 2;
      if (own === undefined) return { logWeight, mean: center, deviation: Math.sqrt(spread + 1 / sum) };
      const share = spread / (spread + own.variance);
      return {
        logWeight,
        mean: share * own.mean + (1 - share) * center,
        deviation: Math.sqrt(share * own.variance + (1 - share) ** 2 / sum),
      };
    });
    const highest = Math.max(...parts.map(({ logWeight }) => logWeight));
    const total = parts.reduce((sum, { logWeight }) => sum + Math.exp(logWeight - highest), 0);
    this.#parts = parts.map(({ logWeight, ...part }) => ({ ...part, weight: Math.exp(logWeight - highest) / total }));
  }

  /** Probability that the rate is at most `rate`. */
  probabilityUpTo(rate: number): number {
    const log = Math.log(rate);
    return this.#parts.reduce(
      (sum, part) => sum + part.weight * normalProbability((log - part.mean) / part.deviation),
      0,
    );
  }

  /** The expected rate: over sources that differ, the share of all pairs that is accepted. At most 1. */
  mean(): number {
    const mean = this.#parts.reduce(
      (sum, part) => sum + part.weight * Math.exp(part.mean + part.deviation ** 2 / 2),
      0,
    );
    return Math.min(1, mean);
  }

  /** Number of independent trials, at least 1, that would leave the rate as uncertain as it is. */
  effectiveCount(): number {
    const mean = this.mean();
    const square = this.#parts.reduce(
      (sum, part) => sum + part.weight * Math.exp(2 * part.mean + 2 * part.deviation ** 2),
      0,
    );
    return Math.max(1, Math.floor((mean * (1 - mean)) / Math.max(Number.MIN_VALUE, square - mean ** 2)));
  }

  /** The rate that is not exceeded with probability `p` in (0, 1). At most 1. */
  quantile(p: number): number {
    let low = Math.min(...this.#parts.map((part) => part.mean - 9 * part.deviation));
    let high = 0;
    while (high - low > 1e-10) {
      const middle = (low + high) / 2;
      if (this.probabilityUpTo(Math.exp(middle)) < p) low = middle;
      else high = middle;
    }
    return Math.exp(high);
  }

  /** The central interval that holds the rate with probability `confidence`. */
  interval(confidence: number): Interval {
    const outside = (1 - confidence) / 2;
    return { low: this.quantile(outside), high: this.quantile(1 - outside) };
  }
}
