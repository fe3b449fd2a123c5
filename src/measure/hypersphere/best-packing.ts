import { degreesOf } from "./angles.ts";
import { marginUpperBound, requireSphereSize, type SphereSize } from "./bounds.ts";
import { coveringCosine } from "./code-limits.ts";
import { spreadPoints } from "./packing.ts";

/** The source of an arrangement of class centers: a known code, an optimization, or a proof that one exists. */
export type PackingMethod = "simplex" | "circle" | "orthoplex" | "known-code" | "optimized" | "covering-argument";

/** The best known or found arrangement of class centers, with the limits from theory. */
export type BestPacking = {
  readonly points: number;
  readonly dimension: number;
  /** The largest cosine between two centers of the arrangement. */
  readonly maximumCosine: number;
  /** The smallest angle between two centers, in degrees. */
  readonly minimumAngleDegrees: number;
  /** The largest margin that the arrangement leaves to every pair, 1 − `maximumCosine`. */
  readonly margin: number;
  /**
   * `optimized`: found by `spreadPoints`. `covering-argument`: too many points to optimize; a proof shows that an
   * arrangement at least this good exists, and optimization would find much better ones. The others are optimal.
   */
  readonly method: PackingMethod;
  /** Lower bound on the largest cosine of any arrangement; equals `maximumCosine` where that is optimal. */
  readonly limitMaximumCosine: number;
  /** Upper bound on the smallest angle of any arrangement, in degrees. */
  readonly limitAngleDegrees: number;
};

/**
 * The best arrangement of `identities` class centers: the optimal one where it is known; otherwise one found by
 * optimization if that takes less than about half a second; otherwise one whose existence a covering argument proves.
 *
 * @throws {OptionError} when an argument is out of range.
 */
export function bestPacking(size: SphereSize): BestPacking {
  requireSphereSize(size);
  const { identities, dimension } = size;
  const bound = marginUpperBound({ identities, dimension });
  const known = KNOWN_METHODS[bound.kind];
  const report = (method: PackingMethod, maximumCosine: number, margin = 1 - maximumCosine): BestPacking => ({
    points: identities,
    dimension,
    maximumCosine,
    minimumAngleDegrees: degreesOf(maximumCosine),
    margin,
    method,
    limitMaximumCosine: 1 - bound.value,
    limitAngleDegrees: degreesOf(1 - bound.value),
  });
  if (known !== undefined) return report(known, 1 - bound.value, bound.value);
  const workOfStep = identities ** 2 * (dimension + WORK_OF_EXPONENTIAL);
  const steps = Math.floor(LARGEST_WORK / (workOfStep * STAGE_COUNT));
  if (steps < FEWEST_STEPS) return report("covering-argument", coveringCosine(identities, dimension));
  const starts = Math.min(8, Math.max(1, Math.floor(steps / MOST_STEPS)));
  const stepsPerStage = Math.min(MOST_STEPS, steps);
  return report("optimized", spreadPoints({ points: identities, dimension, starts, stepsPerStage }).maximumCosine);
}

const KNOWN_METHODS: Readonly<Record<string, PackingMethod>> = {
  "simplex-exact": "simplex",
  "circle-exact": "circle",
  "rankin-exact": "orthoplex",
  "known-code-exact": "known-code",
};

/**
 * Multiplications in a quarter to half a second. A fixed count, not a time, so that the answer is the same everywhere.
 */
const LARGEST_WORK = 1e8;
const WORK_OF_EXPONENTIAL = 10;
const STAGE_COUNT = 21;
const FEWEST_STEPS = 10;
const MOST_STEPS = 100;
