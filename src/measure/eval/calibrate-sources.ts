/**
 * Thresholds from photographs of several sources, with intervals that contain the spread between sources: the
 * threshold of a FAR is the one whose expected FAR on the target is that rate, where the target is a source that was
 * not measured, or one of those that were (`between-sources.ts`).
 *
 * Each source is reduced to a curve: FAR and TAR at a row of thresholds, with effective numbers of pairs, which hold
 * the dependence of pairs that share a person. ln FAR is nearly linear between neighboring points, so that a curve of a
 * dozen points gives the rate at any threshold, and can be kept in a file: a later calibration joins curves, and needs
 * nobody's photographs again. No pair is made of people of two sources, since a person may be in both.
 *
 * A variance by person that is estimated from few people is itself uncertain, and mostly too small: the person who
 * resembles everybody is not among ten. So the relative variance of ln F of a source with fewer than 50 people is at
 * least that of the others with more, times their number of people over its own.
 * @see Cameron and Miller, A practitioner's guide to cluster-robust inference, J. Human Resources 50, 2015, section VI
 */
import { OptionError, requireBetween, requireKnownKeys } from "../../base/core/index.ts";
import { RatePosterior, type SourceRate } from "./between-sources.ts";
import { measureThreshold, type PeopleThreshold } from "./calibrate-people.ts";
import { requireConfidence } from "./confidence.ts";
import { type CrossPairs, requireCrossPairs } from "./cross-pairs.ts";
import { lowestThreshold, type Refusal, requireRates, ruleOfTen, tooFew } from "./tar-at-far.ts";

/** The rates of one source at one threshold, and the numbers of independent pairs that would show as much. */
export type SourcePoint = {
  readonly threshold: number;
  readonly far: number;
  readonly effectiveImpostorCount: number;
  readonly tar: number;
  readonly effectiveGenuineCount: number;
};

/** What was measured on the photographs of one source. */
export type SourceCurve = {
  readonly identityCount: number;
  readonly genuineCount: number;
  readonly impostorCount: number;
  /** In the order of rising thresholds, so of falling rates. */
  readonly points: readonly SourcePoint[];
};

/** Points of a curve for each factor of ten in the rate. */
const POINTS_PER_DECADE = 4;

/**
 * How many times the highest rate calibrated a curve starts at. The threshold for a rate lies where the source accepts
 * more or less than that rate, by as much as sources differ.
 */
const CURVE_START = 10;

/** Share of the impostor pairs that {@link sourceCurve} needs for rates up to `far`. */
export function shareForSource(far: number): number {
  requireBetween("far", far, 0, 1);
  return Math.min(1, 1.2 * CURVE_START * far);
}

/**
 * The rates of one source at the thresholds of falling rates, from ten times `highestFar` (at most every second pair)
 * down to one accepted pair.
 *
 * @param pairs pairs with at least the share {@link shareForSource} of the impostor pairs kept.
 */
export function sourceCurve(pairs: CrossPairs, highestFar: number): SourceCurve {
  requireCrossPairs(pairs);
  requireBetween("highestFar", highestFar, 0, 1);
  const { impostorCount } = pairs;
  const rising = pairs.impostor.scores.toSorted();
  const points: SourcePoint[] = [];
  for (
    let far = Math.min(0.5, CURVE_START * highestFar);
    far * impostorCount >= 1;
    far /= 10 ** (1 / POINTS_PER_DECADE)
  ) {
    const threshold = lowestThreshold(rising, far, impostorCount);
    if (threshold === undefined || threshold === points.at(-1)?.threshold) continue;
    const { effectiveImpostorCount, tar, effectiveGenuineCount, ...measured } = measureThreshold(pairs, threshold);
    if (measured.far > 0)
      points.push({ threshold, far: measured.far, effectiveImpostorCount, tar, effectiveGenuineCount });
  }
  const { identityCount } = pairs;
  return { identityCount, genuineCount: pairs.genuine.scores.length, impostorCount, points };
}

/**
 * The rates of a source at any threshold: ln FAR, TAR and the logarithms of the counts are interpolated linearly; ln
 * FAR goes on beyond both ends as between the last two points, and the rest stays as it is there.
 */
export function rateAt({ points }: SourceCurve, threshold: number): SourcePoint {
  const after = points.findIndex((point) => point.threshold > threshold);
  const right = after < 0 ? points.length - 1 : Math.max(1, after);
  const [a, b] = [points[right - 1], points[right]];
  if (a === undefined || b === undefined)
    throw new OptionError("source: got one point of a curve, expected at least two");
  const along = (threshold - a.threshold) / (b.threshold - a.threshold);
  const within = Math.min(1, Math.max(0, along));
  const between = (x: number, y: number, share: number) => x + share * (y - x);
  const geometric = (x: number, y: number, share: number) => Math.exp(between(Math.log(x), Math.log(y), share));
  return {
    threshold,
    far: Math.min(1, geometric(a.far, b.far, along)),
    effectiveImpostorCount: geometric(a.effectiveImpostorCount, b.effectiveImpostorCount, within),
    tar: between(a.tar, b.tar, within),
    effectiveGenuineCount: geometric(a.effectiveGenuineCount, b.effectiveGenuineCount, within),
  };
}

/** How the thresholds of several sources are chosen. */
export type CalibrateSourcesOptions = {
  /** "new" for photographs of a source that was not measured, the default; or the index of the source that is meant. */
  readonly target?: number | "new";
  /** Two-sided, in (0, 1); default 0.95. */
  readonly confidence?: number;
};

/**
 * With fewer than 3 / FAR independent pairs in all sources, none of them shows that the rate is that low.
 */
const LEAST_ACCEPTS = 3;

/**
 * The threshold for each FAR whose expected FAR on the target is that rate. `farInterval` holds the target's FAR with
 * the given probability, and so do `thresholdInterval` its threshold and `tarInterval` its TAR; the effective counts
 * are those of independent pairs that would show as much of the target. A rate is refused with a reason when all
 * sources together have fewer than 3 / FAR effective impostor pairs, and has a warning below 10 / FAR.
 *
 * @throws {OptionError} when a rate is not in (0, 1], there is no source, or a curve has fewer than two points.
 */
export function calibrateSources(
  sources: readonly SourceCurve[],
  fars: readonly number[],
  options: CalibrateSourcesOptions = {},
): (PeopleThreshold | Refusal)[] {
  requireKnownKeys("options of calibrateSources", options, { target: true, confidence: true });
  const { target = "new", confidence = 0.95 } = options;
  requireConfidence(confidence);
  requireRates(fars);
  if (sources.length === 0) throw new OptionError("sources: got none, expected at least one");
  if (target !== "new" && sources[target] === undefined) {
    throw new OptionError(`target: got source ${target}, expected "new" or less than ${sources.length}`);
  }
  const sumOf = (count: (source: SourceCurve) => number) => sources.reduce((sum, source) => sum + count(source), 0);
  const impostorCount = sumOf((source) => source.impostorCount);
  const genuineCount = sumOf((source) => source.genuineCount);
  const posterior = (rates: readonly SourceRate[]) => new RatePosterior(withFewPeople(sources, rates), target);
  const falseAccepts = (threshold: number) =>
    posterior(
      sources.map((source) => {
        const { far, effectiveImpostorCount } = rateAt(source, threshold);
        return { rate: far, effectiveCount: effectiveImpostorCount };
      }),
    );
  const outside = (1 - confidence) / 2;
  return fars.map((far) => {
    const threshold = lowestWhere((score) => falseAccepts(score).mean() <= far);
    if (threshold > 1) {
      const reason = `insufficient data: at no score are so few as ${far} of the impostor pairs expected to be accepted`;
      return { far, tar: null, threshold: null, impostorCount, reason };
    }
    const effective = Math.floor(sumOf((source) => rateAt(source, threshold).effectiveImpostorCount));
    const what = `independent impostor pairs (the equivalent of ${impostorCount} pairs of ${sources.length} sources)`;
    const reason = tooFew(far, effective, what, LEAST_ACCEPTS);
    if (reason !== undefined) return { far, tar: null, threshold: null, impostorCount, reason };
    const warning = ruleOfTen(far, effective, what);
    const accepts = falseAccepts(threshold);
    const rejects = posterior(
      sources.map((source) => {
        const { tar, effectiveGenuineCount } = rateAt(source, threshold);
        return { rate: 1 - tar, effectiveCount: effectiveGenuineCount };
      }),
    );
    const rejected = rejects.interval(confidence);
    return {
      far,
      threshold,
      tar: 1 - rejects.mean(),
      tarInterval: { low: 1 - rejected.high, high: 1 - rejected.low },
      trueAcceptCount: Math.round(sumOf((source) => source.genuineCount * rateAt(source, threshold).tar)),
      genuineCount,
      effectiveGenuineCount: rejects.effectiveCount(),
      falseAcceptCount: Math.round(sumOf((source) => source.impostorCount * rateAt(source, threshold).far)),
      impostorCount,
      effectiveImpostorCount: accepts.effectiveCount(),
      farInterval: accepts.interval(confidence),
      thresholdInterval: {
        low: lowestWhere((score) => falseAccepts(score).probabilityUpTo(far) >= outside),
        high: lowestWhere((score) => falseAccepts(score).probabilityUpTo(far) >= 1 - outside),
      },
      confidence,
      ...(warning !== undefined && { warning }),
    };
  });
}

/** From this number of people on, the variance by person is taken as it is estimated. */
const ENOUGH_PEOPLE = 50;

/** Rates whose effective counts are at most what sources with more people allow. */
function withFewPeople(sources: readonly SourceCurve[], rates: readonly SourceRate[]): readonly SourceRate[] {
  const accepts = rates.map(({ rate, effectiveCount }) => rate * effectiveCount);
  // Accepted independent pairs of each person, the inverse of the relative variance that one person contributes.
  const byPerson = sources.flatMap(({ identityCount }, i) =>
    identityCount < ENOUGH_PEOPLE ? [] : [(accepts[i] ?? 0) / identityCount],
  );
  if (byPerson.length === 0) return rates;
  const most = Math.max(...byPerson);
  return rates.map(({ rate, effectiveCount }, i) => {
    const people = sources[i]?.identityCount ?? ENOUGH_PEOPLE;
    if (people >= ENOUGH_PEOPLE || rate === 0) return { rate, effectiveCount };
    return { rate, effectiveCount: Math.min(effectiveCount, Math.max(1, (most * people) / rate)) };
  });
}

/** The lowest score, in steps of 1e-7, from which on the condition holds; ∞ when it does not hold at 1. */
function lowestWhere(holds: (score: number) => boolean): number {
  if (!holds(1)) return Number.POSITIVE_INFINITY;
  let low = -1;
  let high = 1;
  while (high - low > 1e-7) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return Math.fround(high);
}
