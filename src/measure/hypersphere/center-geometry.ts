import { OptionError, requireInteger } from "../../base/core/index.ts";
import { type AngleHistogram, countAngle, degreesOf, emptyHistogram, mean } from "./angles.ts";
import { type BestPacking, bestPacking } from "./best-packing.ts";
import { requireSphereSize, type SphereSize } from "./bounds.ts";
import { pairBlocks, unitRows } from "./cosine-blocks.ts";

/**
 * The rows of the last weight matrix, scaled to length 1, are the class centers: one direction for each identity.
 * Training pushes them apart, so their angles show the result of training, and two centers that stay close are probably
 * one person with two labels.
 */

/** Trained class centers: `weights` is `f32[identities, dimension]`, with rows of any length except zero. */
export type ClassCenters = SphereSize & { readonly weights: Float32Array };

/** Class centers and what to report of them. */
export type CenterGeometryOptions = ClassCenters & {
  /** Number of closest pairs to list, default 20. */
  readonly closestPairCount?: number;
  /** Width of the histograms' bins in degrees, a divisor of 180, default 1. */
  readonly binDegrees?: number;
};

/** Two identities whose centers are close. */
export type CenterPair = {
  readonly first: number;
  readonly second: number;
  readonly cosine: number;
  readonly degrees: number;
};

/** The angles between class centers, in degrees. */
export type CenterGeometry = {
  readonly identities: number;
  readonly dimension: number;
  /** For each identity, the identity with the nearest center; of equally near ones the lower label. */
  readonly nearestIdentity: Int32Array;
  /** For each identity, the angle to that center. */
  readonly nearestDegrees: Float64Array;
  readonly meanNearestDegrees: number;
  readonly minimumAngleDegrees: number;
  /** Mean over all pairs: slightly above 90° for a simplex, 90° for random centers. */
  readonly meanPairDegrees: number;
  /** Histogram of the angles of all pairs. */
  readonly pairHistogram: AngleHistogram;
  /** Histogram of the angles to the nearest center. */
  readonly nearestHistogram: AngleHistogram;
  /** The pairs with the highest cosines, highest first. */
  readonly closestPairs: readonly CenterPair[];
  /** The largest margin that every pair of these centers allows: 1 − the highest cosine. */
  readonly marginLeft: number;
  /** The best known arrangement and the theoretical limit, for comparison. */
  readonly best: BestPacking;
  /** Difference between the theoretical limit of the smallest angle and the measured one; ≥ 0 up to rounding. */
  readonly shortfallDegrees: number;
};

/**
 * Measures the angles between class centers. 10,000 centers in 512 dimensions take about 20 seconds on one core.
 *
 * @throws {OptionError} when `weights` has another length than identities · dimension, or a row is zero or not finite.
 */
export function centerGeometry(options: CenterGeometryOptions): CenterGeometry {
  requireSphereSize(options);
  const { weights, identities, dimension, closestPairCount = 20, binDegrees = 1 } = options;
  requireInteger("closestPairCount", closestPairCount, 0);
  if (!(binDegrees > 0 && Number.isInteger(180 / binDegrees))) {
    throw new OptionError(`binDegrees: got ${binDegrees}, expected a divisor of 180`);
  }
  const nearest = Array.from({ length: identities }, () => new Nearest());
  const pairHistogram = emptyHistogram(binDegrees);
  const closest = new ClosestPairs(closestPairCount);
  let sumOfDegrees = 0;
  for (const block of pairBlocks(unitRows("weights", weights, identities, dimension))) {
    const { rowStart, rowCount, columnStart, columnCount } = block;
    const columns = nearest.slice(columnStart, columnStart + columnCount);
    for (const [i, own] of nearest.slice(rowStart, rowStart + rowCount).entries()) {
      const first = rowStart + i;
      const cosines = block.row(i);
      let second = columnStart - 1;
      for (const other of columns) {
        second++;
        if (second <= first) continue;
        const cosine = cosines[second - columnStart]!;
        const degrees = degreesOf(cosine);
        sumOfDegrees += degrees;
        countAngle(pairHistogram, degrees);
        own.offer(second, cosine);
        other.offer(first, cosine);
        closest.offer(first, second, cosine);
      }
    }
  }
  const nearestDegrees = Float64Array.from(nearest, ({ cosine }) => degreesOf(cosine));
  const nearestHistogram = emptyHistogram(binDegrees);
  for (const degrees of nearestDegrees) countAngle(nearestHistogram, degrees);
  const highestCosine = nearest.reduce((highest, { cosine }) => Math.max(highest, cosine), -1);
  const best = bestPacking({ identities, dimension });
  return {
    identities,
    dimension,
    nearestIdentity: Int32Array.from(nearest, ({ identity }) => identity),
    nearestDegrees,
    meanNearestDegrees: mean(nearestDegrees),
    minimumAngleDegrees: degreesOf(highestCosine),
    meanPairDegrees: sumOfDegrees / ((identities * (identities - 1)) / 2),
    pairHistogram,
    nearestHistogram,
    closestPairs: closest.pairs.map((pair) => ({ ...pair, degrees: degreesOf(pair.cosine) })),
    marginLeft: 1 - highestCosine,
    best,
    shortfallDegrees: best.limitAngleDegrees - degreesOf(highestCosine),
  };
}

/** The nearest other center of one identity; of equally near ones, the first that was offered. */
class Nearest {
  identity = 0;
  cosine = Number.NEGATIVE_INFINITY;

  offer(identity: number, cosine: number): void {
    if (!(cosine > this.cosine)) return;
    this.identity = identity;
    this.cosine = cosine;
  }
}

/** The pairs with the highest cosines among those offered, highest first. */
class ClosestPairs {
  readonly pairs: { first: number; second: number; cosine: number }[] = [];
  readonly #count: number;
  #least = Number.NEGATIVE_INFINITY;

  constructor(count: number) {
    this.#count = count;
    if (count === 0) this.#least = Number.POSITIVE_INFINITY;
  }

  offer(first: number, second: number, cosine: number): void {
    if (cosine <= this.#least) return;
    const index = this.pairs.findIndex((pair) => pair.cosine < cosine);
    this.pairs.splice(index < 0 ? this.pairs.length : index, 0, { first, second, cosine });
    if (this.pairs.length > this.#count) this.pairs.pop();
    const last = this.pairs[this.#count - 1];
    if (last !== undefined) this.#least = last.cosine;
  }
}
