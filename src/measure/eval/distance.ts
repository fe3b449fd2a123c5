import { requireBetween } from "../../base/core/index.ts";

/**
 * Between unit vectors, ‖a − b‖² = 2 − 2 cos: a higher cosine is a lower distance. Sources give thresholds as
 * cosines (CosFace), squared distances (InsightFace's 1.24 is a cosine of 0.38) or distances (1.128 is a cosine of
 * 0.364).
 */

/**
 * Squared Euclidean distance in [0, 4] of two unit vectors with this cosine. @throws {OptionError} outside [−1, 1].
 */
export function squaredDistanceFromCosine(cosine: number): number {
  requireBetween("cosine", cosine, -1, 1);
  return 2 - 2 * cosine;
}

/** Cosine of two unit vectors at this squared distance. @throws {OptionError} outside [0, 4]. */
export function cosineFromSquaredDistance(squaredDistance: number): number {
  requireBetween("squared distance", squaredDistance, 0, 4);
  return 1 - squaredDistance / 2;
}

/** Cosine of two unit vectors at this distance, not squared. @throws {OptionError} outside [0, 2]. */
export function cosineFromDistance(distance: number): number {
  requireBetween("distance", distance, 0, 2);
  return 1 - distance ** 2 / 2;
}
