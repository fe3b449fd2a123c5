import { OptionError, requireBetween } from "../../base/core/index.ts";
import { type Interval, wilsonInterval } from "./confidence.ts";
import { type PairScores, requireBothKinds } from "./pair-scores.ts";

/** The rates at a threshold, with the counts that they were measured on. */
export type OperatingPoint = {
  /** Requested false accept rate; the measured one, falseAcceptCount / impostorCount, is at most this. */
  readonly far: number;
  /** A pair is accepted when its score ≥ threshold. */
  readonly threshold: number;
  /** True accept rate: the share of genuine pairs accepted. */
  readonly tar: number;
  /** Wilson interval for `tar` at 95 %. */
  readonly tarInterval: Interval;
  readonly trueAcceptCount: number;
  readonly genuineCount: number;
  readonly falseAcceptCount: number;
  readonly impostorCount: number;
  /** Set when there are fewer than 10 / `far` impostor pairs (the "rule of ten"): the number is then unreliable. */
  readonly warning?: string;
};

/** A rate that could not be measured, with the reason. */
export type Refusal = {
  readonly far: number;
  readonly tar: null;
  readonly threshold: null;
  readonly impostorCount: number;
  readonly reason: string;
};

/**
 * TAR at a FAR: the share of genuine pairs accepted at the lowest threshold that accepts at most `far` of the impostor
 * pairs. A pair is accepted when its score ≥ threshold, so tied scores are accepted or rejected together; a tie among
 * the impostor scores at the limit is rejected as a whole.
 *
 * "Lowest" is among f32 numbers: the number right above the highest impostor score that must be rejected. With
 * `far` = 1 no score must be rejected, and the threshold is the lowest score of all.
 *
 * @throws {OptionError} when `far` < 1 / (number of impostor pairs): too few pairs to measure it. Also when `far` > 1,
 *   there are no genuine or no impostor scores, or one is not finite.
 */
export function tarAtFar(scores: PairScores, far: number): OperatingPoint {
  const [point] = tarAtFars(scores, [far]);
  if (point?.tar == null) throw new OptionError(point?.reason ?? "internal: no operating point");
  return point;
}

/**
 * {@link tarAtFar} for several rates. A rate with too few impostor pairs gives a reason instead of an error.
 *
 * @throws {OptionError} when a rate is not in [0, 1], there are no genuine or no impostor scores, or one is not finite.
 */
export function tarAtFars(scores: PairScores, fars: readonly number[]): (OperatingPoint | Refusal)[] {
  requireBothKinds(scores);
  return tarAtHighest(scores, scores.impostor.length, fars);
}

/**
 * {@link tarAtFars} from only the highest of `impostorCount` impostor scores: at least one more than the highest rate
 * accepts.
 *
 * @throws {OptionError} as {@link tarAtFars} does.
 */
export function tarAtHighest(
  scores: PairScores,
  impostorCount: number,
  fars: readonly number[],
): (OperatingPoint | Refusal)[] {
  requireBothKinds(scores);
  requireRates(fars);
  const genuine = scores.genuine.toSorted();
  const impostor = scores.impostor.toSorted();
  const lowestScore = [genuine, impostor].reduce(
    (lowest, [score = lowest]) => Math.min(lowest, score),
    Number.POSITIVE_INFINITY,
  );
  return fars.map((far) => {
    const reason = tooFew(far, impostorCount, "impostor pairs");
    if (reason !== undefined) return { far, tar: null, threshold: null, impostorCount, reason };
    const threshold = lowestThreshold(impostor, far, impostorCount) ?? lowestScore;
    const trueAcceptCount = countFrom(genuine, threshold);
    const warning = ruleOfTen(far, impostorCount, "impostor pairs");
    return {
      far,
      threshold,
      tar: trueAcceptCount / genuine.length,
      tarInterval: wilsonInterval({ successes: trueAcceptCount, trials: genuine.length }),
      trueAcceptCount,
      genuineCount: genuine.length,
      falseAcceptCount: countFrom(impostor, threshold),
      impostorCount,
      ...(warning !== undefined && { warning }),
    };
  });
}

/** @throws {OptionError} unless `fars` is a list of rates in [0, 1]. */
export function requireRates(fars: readonly number[]): void {
  if (!Array.isArray(fars)) throw new OptionError(`fars: got ${typeof fars}, expected an array of rates`);
  for (const far of fars) requireBetween("far", far, 0, 1);
}

/** Why a rate cannot be measured on `count` negatives (it needs `least` / `rate`); undefined if it can. */
export function tooFew(rate: number, count: number, what: string, least = 1): string | undefined {
  if (rate >= least / count) return undefined;
  return `insufficient data: ${count} ${what} cannot show a rate of ${rate}, expected at least ${leastCount(least, rate)}`;
}

/** Why a rate measured on `count` negatives is uncertain; undefined if there are at least 10 / `rate`. */
export function ruleOfTen(rate: number, count: number, what: string): string | undefined {
  if (rate >= 10 / count) return undefined;
  return `uncertain: ${count} ${what} for a rate of ${rate}, expected at least ${leastCount(10, rate)}`;
}

function leastCount(factor: number, rate: number): number {
  return rate === 0 ? Number.POSITIVE_INFINITY : Math.ceil(factor / rate - 1e-6);
}

/**
 * The lowest f32 threshold that at most the share `rate` of `count` scores reaches; undefined when all given scores may
 * reach it.
 *
 * @param scores all scores or only the highest, in rising order.
 */
export function lowestThreshold(scores: Float32Array, rate: number, count = scores.length): number | undefined {
  // The largest number with number / count ≤ rate. The product may round to either side of a whole number.
  let allowed = Math.floor(rate * count);
  if ((allowed + 1) / count <= rate) allowed++;
  if (allowed / count > rate) allowed--;
  const highestRejected = scores[scores.length - 1 - allowed];
  return highestRejected === undefined ? undefined : nextFloat32(highestRejected);
}

/** Number of `scores` (in rising order) that are ≥ threshold. */
export function countFrom(scores: Float32Array, threshold: number): number {
  let low = 0;
  let high = scores.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (scores[middle]! < threshold) low = middle + 1;
    else high = middle;
  }
  return scores.length - low;
}

/** The smallest f32 number above a finite f32 number. Floats of one sign are ordered as their bits. */
export function nextFloat32(value: number): number {
  const float = new DataView(new ArrayBuffer(4));
  float.setFloat32(0, value === 0 ? 0 : value);
  float.setInt32(0, float.getInt32(0) + (value < 0 ? -1 : 1));
  return float.getFloat32(0);
}
