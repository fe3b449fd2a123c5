import { OptionError, requireInteger, requireKnownKeys } from "../../base/core/index.ts";
import { type PairScores, requireBothKinds } from "./pair-scores.ts";

/** Numbers of genuine and impostor scores in equally wide bins. */
export type ScoreHistogram = {
  /**
   * Bin i holds edges[i] ≤ score < edges[i + 1]; the last bin also holds its upper edge. There is one more edge than
   * bins.
   */
  readonly edges: Float64Array;
  readonly genuineCounts: Uint32Array;
  readonly impostorCounts: Uint32Array;
  /** Scores of either kind below the first edge or above the last, which are in no bin. */
  readonly outsideCount: number;
};

/** The bins. */
export type HistogramOptions = {
  /** Number of bins, default 100. */
  readonly binCount?: number;
  /** Lower edge of the first bin, default −1. */
  readonly low?: number;
  /** Upper edge of the last bin, default 1. */
  readonly high?: number;
};

/**
 * Counts both kinds of scores in the same bins.
 *
 * @throws {OptionError} when there are no genuine or no impostor scores, one is not finite, or `low` ≥ `high`.
 */
export function scoreHistogram(scores: PairScores, options: HistogramOptions = {}): ScoreHistogram {
  requireKnownKeys("options of scoreHistogram", options, { binCount: true, low: true, high: true });
  const { binCount = 100, low = -1, high = 1 } = options;
  requireBothKinds(scores);
  requireInteger("binCount", binCount, 1);
  if (!(low < high && Number.isFinite(high - low))) {
    throw new OptionError(`got bins from ${low} to ${high}, expected rising finite numbers`);
  }
  const edges = Float64Array.from({ length: binCount + 1 }, (_, i) => low + ((high - low) * i) / binCount);
  edges[binCount] = high;
  let outsideCount = 0;
  const count = (kind: Float32Array) => {
    const counts = new Uint32Array(binCount);
    for (const score of kind) {
      if (score < low || score > high) {
        outsideCount++;
        continue;
      }
      let bin = Math.min(binCount - 1, Math.floor(((score - low) / (high - low)) * binCount));
      // The quotient may be rounded across an edge; the edges decide.
      const [lower = low, upper = high] = edges.subarray(bin);
      if (score < lower) bin--;
      else if (bin < binCount - 1 && score >= upper) bin++;
      counts[bin]!++;
    }
    return counts;
  };
  const genuineCounts = count(scores.genuine);
  const impostorCounts = count(scores.impostor);
  return { edges, genuineCounts, impostorCounts, outsideCount };
}

/** The separation of genuine and impostor scores. */
export type ScoreSeparation = {
  readonly genuineMean: number;
  /** With n in the denominator, as d′ is defined. */
  readonly genuineStandardDeviation: number;
  readonly impostorMean: number;
  readonly impostorStandardDeviation: number;
  /**
   * d′ = (μ_genuine − μ_impostor) / √((σ²_genuine + σ²_impostor) / 2). When both deviations are 0 it is
   * ±∞, or 0 if the means are equal too.
   */
  readonly dPrime: number;
};

/**
 * Means and standard deviations of genuine and impostor scores, and d′. It needs no threshold and few pairs, so it
 * shows early in training whether identities separate, while TAR at a low FAR is still noise.
 *
 * @throws {OptionError} when there are no genuine or no impostor scores, or one is not finite.
 * @see Daugman, Biometric decision landscapes, Cambridge TR 482, 2000: https://doi.org/10.48456/tr-482
 */
export function scoreSeparation(scores: PairScores): ScoreSeparation {
  requireBothKinds(scores);
  const genuine = moments(scores.genuine);
  const impostor = moments(scores.impostor);
  const gap = genuine.mean - impostor.mean;
  return {
    genuineMean: genuine.mean,
    genuineStandardDeviation: Math.sqrt(genuine.variance),
    impostorMean: impostor.mean,
    impostorStandardDeviation: Math.sqrt(impostor.variance),
    dPrime: gap === 0 ? 0 : gap / Math.sqrt((genuine.variance + impostor.variance) / 2),
  };
}

function moments(scores: Float32Array): { mean: number; variance: number } {
  // Sums of differences from the first score, so that equal scores have a variance of exactly 0.
  const [first = Number.NaN] = scores;
  let sum = 0;
  let squares = 0;
  for (const score of scores) sum += score - first;
  const mean = sum / scores.length;
  for (const score of scores) squares += (score - first - mean) ** 2;
  return { mean: first + mean, variance: squares / scores.length };
}
