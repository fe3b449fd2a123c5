import { type Random, random, requireInteger, requireObject } from "../../base/core/index.ts";
import { degreesOf } from "./angles.ts";
import { minimize, type Objective } from "./lbfgs.ts";

/**
 * Spreading points on a sphere: a numeric answer to how far apart class centers can be, where no formula is known.
 *
 * The objective, the largest cosine of any pair, is not smooth, so a soft maximum replaces it,
 *
 *     F_β = (1/β) · ln Σ_{i<j} e^{β⟨x_i, x_j⟩},
 *
 * which exceeds it by at most ln(pairs)/β. With a small β all pairs contribute, which finds the rough arrangement; β
 * then doubles repeatedly, each time from the last result, until only the closest pairs contribute and the largest
 * cosine itself falls. The result is a local optimum, so several random starts are tried.
 */

/** Points spread on a sphere. */
export type Packing = {
  readonly points: number;
  readonly dimension: number;
  /** The unit vectors, `f64[points, dimension]` row by row. */
  readonly coordinates: Float64Array;
  /** The largest cosine between two of the points. */
  readonly maximumCosine: number;
  /** The smallest angle between two of the points, in degrees. */
  readonly minimumAngleDegrees: number;
};

/** The points, the sphere and the effort of the search. */
export type PackingOptions = {
  /** Number of points, at least 2. */
  readonly points: number;
  /** Dimension of the space, at least 2. */
  readonly dimension: number;
  /** Seed of the random starts, default 1. The same seed gives the same points. */
  readonly seed?: number;
  /** Number of random starts, default 8. */
  readonly starts?: number;
  /** Most steps for each β, default 100. */
  readonly stepsPerStage?: number;
};

const FIRST_BETA = 2;
const LAST_BETA = 2 ** 21;

/**
 * Spreads points on the unit sphere so that the closest two are as far apart as the search can make them.
 *
 * For up to a few dozen points the largest cosine is within 1e-5 of the best known arrangement; for more points it is
 * only an upper bound of the optimum. Time is proportional to points² · dimension · starts.
 *
 * @throws {OptionError} when an option is out of range.
 */
export function spreadPoints(options: PackingOptions): Packing {
  requireObject("options", options);
  const { points, dimension, seed = 1, starts = 8, stepsPerStage = 100 } = options;
  requireInteger("points", points, 2);
  requireInteger("dimension", dimension, 2);
  requireInteger("starts", starts, 1);
  requireInteger("stepsPerStage", stepsPerStage, 1);
  const tries = Array.from({ length: starts }, (_, start): Packing => {
    const coordinates = spreadOnce(points, dimension, random(seed, "packing", start), stepsPerStage);
    const maximumCosine = largestCosine(coordinates, points, dimension);
    return { points, dimension, coordinates, maximumCosine, minimumAngleDegrees: degreesOf(maximumCosine) };
  });
  return tries.reduce((best, next) => (next.maximumCosine < best.maximumCosine ? next : best));
}

function spreadOnce(points: number, dimension: number, generator: Random, iterations: number): Float64Array {
  let coordinates: Float64Array = Float64Array.from({ length: points * dimension }, () => generator.normal());
  normalizeRows(coordinates, dimension);
  for (let beta = FIRST_BETA; beta <= LAST_BETA; beta *= 2) {
    // A change of F below a thousandth of its distance from the largest cosine is not worth a step.
    coordinates = minimize(softMaximum(points, dimension, beta), coordinates, { iterations, tolerance: 1e-3 / beta });
    normalizeRows(coordinates, dimension);
  }
  return coordinates;
}

/** F_β of rows of any length, with its gradient: with p_ij the softmax over pairs, ∂F/∂x_i = Σ_j p_ij x_j. */
function softMaximum(points: number, dimension: number, beta: number): Objective {
  const cosines = new Float64Array((points * (points - 1)) / 2);
  return (rows, gradient) => {
    const units = rows.slice();
    const lengths = normalizeRows(units, dimension);
    let largest = -1;
    for (let i = 1, pair = 0; i < points; i++) {
      for (let j = 0; j < i; j++, pair++) {
        const cosine = rowProduct(units, i, units, j, dimension);
        cosines[pair] = cosine;
        if (cosine > largest) largest = cosine;
      }
    }
    let sum = 0;
    gradient.fill(0);
    for (let i = 1, pair = 0; i < points; i++) {
      for (let j = 0; j < i; j++, pair++) {
        const exponent = beta * (cosines[pair]! - largest);
        if (exponent < -40) continue; // below rounding beside the largest term
        const weight = Math.exp(exponent);
        sum += weight;
        for (let k = 0, a = i * dimension, b = j * dimension; k < dimension; k++, a++, b++) {
          gradient[a]! += weight * units[b]!;
          gradient[b]! += weight * units[a]!;
        }
      }
    }
    // Backward through x = y/‖y‖: only the part tangent to the sphere remains.
    for (let i = 0; i < points; i++) {
      const radial = rowProduct(gradient, i, units, i, dimension);
      for (let k = i * dimension; k < (i + 1) * dimension; k++) {
        gradient[k] = (gradient[k]! - radial * units[k]!) / (sum * lengths[i]!);
      }
    }
    return largest + Math.log(sum) / beta;
  };
}

/** The largest cosine between two rows of unit vectors. */
function largestCosine(units: Float64Array, points: number, dimension: number): number {
  let largest = -1;
  for (let i = 1; i < points; i++) {
    for (let j = 0; j < i; j++) largest = Math.max(largest, rowProduct(units, i, units, j, dimension));
  }
  return largest;
}

/** Scales each row to length 1 in place, and returns the previous lengths. */
function normalizeRows(rows: Float64Array, dimension: number): Float64Array {
  const lengths = new Float64Array(rows.length / dimension);
  for (let i = 0; i < lengths.length; i++) {
    const length = Math.sqrt(rowProduct(rows, i, rows, i, dimension));
    lengths[i] = length;
    for (let k = i * dimension; k < (i + 1) * dimension; k++) rows[k]! /= length;
  }
  return lengths;
}

function rowProduct(a: Float64Array, i: number, b: Float64Array, j: number, dimension: number): number {
  let sum = 0;
  for (let k = 0, p = i * dimension, q = j * dimension; k < dimension; k++, p++, q++) sum += a[p]! * b[q]!;
  return sum;
}
