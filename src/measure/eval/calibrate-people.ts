/**
 * Thresholds from all pairs of labeled images, with intervals that account for dependence between pairs: n images make
 * n²/2 pairs, but pairs that share a person are correlated, and one person who resembles many others causes many false
 * accepts.
 *
 * The variance of a FAR is therefore summed over all pairs of pairs that have a person in common. With e_ab the number
 * of accepted pairs between persons a and b minus its expectation,
 *
 *   Var Σ e_ab = Σ_a (Σ_b e_ab)² − Σ_{a<b} e_ab²,
 *
 * the cluster-robust variance of dyads. The effective number of pairs is the number of independent pairs with the same
 * variance, FAR (1 − FAR) / Var; the Clopper-Pearson interval uses it. TAR is treated likewise, with the pairs of
 * each person as one cluster.
 * @see Fafchamps and Gubert, The formation of risk sharing networks, J. Development Economics 83, 2007
 * @see Aronow, Samii and Assenova, Political Analysis 23, 2015: https://doi.org/10.1093/pan/mpv018
 * @see Korn and Graubard, Survey Methodology 24, 1998 (effective sample size for proportions)
 */
import { OptionError, requireBetween, requireKnownKeys } from "../../base/core/index.ts";
import { type CalibratedThreshold, quantileInterval } from "./calibrate-thresholds.ts";
import { effectiveInterval, requireConfidence } from "./confidence.ts";
import { type CrossPairs, requireCrossPairs } from "./cross-pairs.ts";
import { lowestThreshold, type Refusal, requireRates, ruleOfTen, tooFew } from "./tar-at-far.ts";

/** Numbers of independent pairs that would give the same variance as the measured pairs. */
export type EffectiveCounts = {
  readonly effectiveGenuineCount: number;
  readonly effectiveImpostorCount: number;
};

/** Rates at a given threshold on all pairs of labeled images; `far` is the measured share of impostor pairs. */
export type MeasuredThreshold = Omit<CalibratedThreshold, "thresholdInterval" | "warning"> & EffectiveCounts;

/** A threshold found on all pairs of labeled images; `far` is the requested rate. */
export type PeopleThreshold = CalibratedThreshold & EffectiveCounts;

/**
 * Share of the impostor pairs that {@link calibratePeople} needs for rates up to `far`: the interval's lower end lies
 * at a higher rate than the threshold itself.
 */
export function shareForCalibration(far: number): number {
  requireBetween("far", far, 0, 1);
  return Math.min(1, 8 * far);
}

/**
 * With fewer than 3 / FAR independent pairs, even a sample without a false accept would not show at 95 % confidence
 * that the rate is at most FAR (the "rule of three").
 */
const LEAST_ACCEPTS = 3;

/**
 * The lowest threshold for each FAR, with intervals by persons. A FAR is refused with a reason when there are fewer
 * than 1 / FAR impostor pairs, or fewer than 3 / FAR effective ones; below 10 / FAR effective pairs the result has a
 * warning.
 *
 * @param pairs pairs with at least the share {@link shareForCalibration} of the impostor pairs kept.
 * @param confidence two-sided, in (0, 1); default 0.95.
 * @throws {OptionError} when a rate is not in (0, 1], or too few of the impostor pairs are kept for it.
 */
export function calibratePeople(
  pairs: CrossPairs,
  fars: readonly number[],
  options: { readonly confidence?: number } = {},
): (PeopleThreshold | Refusal)[] {
  requireKnownKeys("options of calibratePeople", options, { confidence: true });
  const { confidence = 0.95 } = options;
  requireConfidence(confidence);
  requireCrossPairs(pairs);
  requireRates(fars);
  const { impostorCount } = pairs;
  const rising = pairs.impostor.scores.toSorted();
  const falling = rising.toReversed();
  const lowestGenuine = pairs.genuine.scores.reduce((lowest, score) => Math.min(lowest, score));
  return fars.map((far) => {
    const refusal = (reason: string): Refusal => ({ far, tar: null, threshold: null, impostorCount, reason });
    const tooFewPairs = tooFew(far, impostorCount, "impostor pairs");
    if (tooFewPairs !== undefined) return refusal(tooFewPairs);
    const threshold =
      lowestThreshold(rising, far, impostorCount) ?? Math.min(rising[0] ?? Number.POSITIVE_INFINITY, lowestGenuine);
    const measured = measureThreshold(pairs, threshold, { confidence });
    const { effectiveImpostorCount: effective } = measured;
    const what = `independent impostor pairs (the equivalent of ${impostorCount} pairs of ${pairs.identityCount} people)`;
    const tooFewPeople = tooFew(far, effective, what, LEAST_ACCEPTS);
    if (tooFewPeople !== undefined) return refusal(tooFewPeople);
    const warning = ruleOfTen(far, effective, what);
    return {
      ...measured,
      far,
      thresholdInterval: quantileInterval(falling, far, confidence, { count: impostorCount, effective }),
      ...(warning !== undefined && { warning }),
    };
  });
}

/**
 * FAR and TAR at a threshold from another source, with intervals by persons.
 *
 * @throws {OptionError} when the threshold is so low that some impostor pairs above it were not kept.
 */
export function measureThreshold(
  pairs: CrossPairs,
  threshold: number,
  options: { readonly confidence?: number } = {},
): MeasuredThreshold {
  requireKnownKeys("options of measureThreshold", options, { confidence: true });
  const { confidence = 0.95 } = options;
  requireConfidence(confidence);
  requireCrossPairs(pairs);
  requireBetween("threshold", threshold, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  const { genuine, impostor, impostorCount } = pairs;
  const trueAcceptCount = acceptedCount(genuine.scores, threshold);
  const falseAcceptCount = acceptedCount(impostor.scores, threshold);
  if (falseAcceptCount === impostor.scores.length && falseAcceptCount < impostorCount) {
    throw new OptionError(
      `threshold: got ${threshold}, at or below all ${falseAcceptCount} impostor scores kept of ${impostorCount}: keep a larger share`,
    );
  }
  const genuineCount = genuine.scores.length;
  const tar = trueAcceptCount / genuineCount;
  const far = falseAcceptCount / impostorCount;
  const effectiveGenuineCount = effectiveCount(tar, genuineCount, genuineVariance(pairs, threshold, tar));
  const effectiveImpostorCount = effectiveCount(far, impostorCount, impostorVariance(pairs, threshold, far));
  return {
    far,
    threshold,
    tar,
    tarInterval: effectiveInterval(tar, effectiveGenuineCount, confidence),
    trueAcceptCount,
    genuineCount,
    effectiveGenuineCount,
    falseAcceptCount,
    impostorCount,
    effectiveImpostorCount,
    farInterval: effectiveInterval(far, effectiveImpostorCount, confidence),
    confidence,
  };
}

function acceptedCount(scores: Float32Array, threshold: number): number {
  let count = 0;
  for (const score of scores) if (score >= threshold) count++;
  return count;
}

/**
 * Number of independent trials whose proportion would have the variance of this count, at most `trials`. When nothing
 * or everything was accepted, or the estimated variance is not positive, dependence cannot be estimated and all trials
 * count.
 */
export function effectiveCount(rate: number, trials: number, varianceOfCount: number): number {
  if (!(varianceOfCount > 0)) return trials;
  return Math.min(trials, Math.max(1, Math.floor((rate * (1 - rate) * trials * trials) / varianceOfCount)));
}

/** Variance of the number of accepted genuine pairs: Σ_a (accepted of a − TAR · pairs of a)². */
function genuineVariance({ genuine, imageCounts }: CrossPairs, threshold: number, tar: number): number {
  const accepted = new Float64Array(imageCounts.length);
  const { scores, identities } = genuine;
  for (const [i, person] of identities.entries()) if (scores[i]! >= threshold) accepted[person]!++;
  return imageCounts.reduce(
    (sum, images, person) => sum + (accepted[person]! - (tar * images * (images - 1)) / 2) ** 2,
    0,
  );
}

/** Variance of the number of accepted impostor pairs: Σ_a (Σ_b e_ab)² − Σ_{a<b} e_ab². */
function impostorVariance({ impostor, imageCounts }: CrossPairs, threshold: number, far: number): number {
  const identityCount = imageCounts.length;
  const acceptedOf = new Float64Array(identityCount);
  const dyads = new Map<number, { accepted: number; readonly pairs: number }>();
  for (const [i, score] of impostor.scores.entries()) {
    if (score < threshold) continue;
    const [a, b] = [impostor.left[i]!, impostor.right[i]!];
    acceptedOf[a]!++;
    acceptedOf[b]!++;
    const key = Math.min(a, b) * identityCount + Math.max(a, b);
    const dyad = dyads.get(key) ?? { accepted: 0, pairs: imageCounts[a]! * imageCounts[b]! };
    dyad.accepted++;
    dyads.set(key, dyad);
  }
  const sumOf = (power: number) => imageCounts.reduce((sum, images) => sum + images ** power, 0);
  const imageCount = sumOf(1);
  let byPerson = 0;
  for (const [person, images] of imageCounts.entries()) {
    byPerson += (acceptedOf[person]! - far * images * (imageCount - images)) ** 2;
  }
  // Σ e_ab² = Σ (k_ab − FAR n_a n_b)²: the squared second term over all dyads, the other terms where k_ab > 0.
  let byDyad = (far * far * (sumOf(2) ** 2 - sumOf(4))) / 2;
  for (const { accepted, pairs } of dyads.values()) byDyad += accepted * accepted - 2 * far * accepted * pairs;
  return byPerson - byDyad;
}
