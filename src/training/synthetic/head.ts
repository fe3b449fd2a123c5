import { clamp } from "./arithmetic.ts";
import type { HeadPoint } from "./camera.ts";
import type { Expression } from "./conditions.ts";
import {
  type FaceMeasures,
  faceMeasures,
  headProfile,
  headRelief,
  PROFILE_FIELDS,
  PROFILE_LOW,
  PROFILE_ROWS,
  PROFILE_ROWS_PER_CM,
  RELIEF_COLUMNS,
  RELIEF_FIELDS,
  RELIEF_LOW,
  RELIEF_ROWS,
  RELIEF_STEP,
} from "./head-shape.ts";
import type { Identity } from "./identity.ts";
import type { Hit, Ray } from "./ray.ts";

/** The iteration ends at a second-order step shorter than this, cm, or after `MOST_STEPS` steps. */
const SHORT_STEP = 0.02;
const MOST_STEPS = 4;
/** If the last step is longer than this, cm, the ray misses the head. */
const LONG_STEP = 0.5;

/** Distance in front of the smooth head at which a nose can begin, cm, and the number of steps of the search for it. */
const NOSE_REACH = 3.4;
const NOSE_STEPS = 7;

/**
 * The shape of a head: the points where F(x, y, z) = (x / w(y))² + (z / c(y))² + g(y) − 1 is 0, with half width w
 * and depth c that change slowly with height and a closing term g that rounds crown and chin. Its front has a relief
 * (nose, sockets, lips and so on) as a height over the surface of F. Rays are intersected with F by second-order
 * steps, since F is nearly quadratic along a ray, and the nose is found by steps along the ray. The least value of F
 * along a ray gives the share of a pixel that the silhouette covers, so edges need no supersampling.
 */
export class Head {
  readonly measures: FaceMeasures;
  readonly #profile: Float64Array;
  readonly #relief: Float64Array;
  readonly #noseHalfWidth: number;
  readonly #noseBase: number;

  constructor(identity: Identity, expression: Expression) {
    this.measures = faceMeasures(identity, expression);
    this.#profile = headProfile(identity, this.measures.chin);
    this.#relief = headRelief(identity, this.measures, expression.smile);
    this.#noseHalfWidth = identity.noseWidth * 1.15;
    this.#noseBase = -identity.noseLength - 1.2;
  }

  /** The point of the front of the face at (x, y). */
  front(x: number, y: number): HeadPoint {
    return [x, y, this.#baseHeight(x, y) + this.#reliefAt(x, y)];
  }

  /** Intersects a ray with the smooth head, starting from the hit of the previous pixel, if there is one. */
  intersect(ray: Ray, hit: Hit): void {
    const table = this.#profile;
    const { shrinkX, shrinkY } = hit;
    const originX = ray.originX * shrinkX;
    const originY = ray.originY * shrinkY;
    const originZ = ray.originZ * shrinkX;
    const dx = ray.x * shrinkX;
    const dy = ray.y * shrinkY;
    const dz = ray.z * shrinkX;
    // The extrapolation of the last two hits, or else the point of the ray nearest to the center of the head.
    let t = Number.isNaN(hit.t)
      ? -(originX * dx + originY * dy + originZ * dz) / (dx * dx + dy * dy + dz * dz)
      : hit.t + hit.advance;
    for (let step = 0; ; step++) {
      const x = originX + t * dx;
      const y = originY + t * dy;
      const z = originZ + t * dz;
      const position = clamp((y - PROFILE_LOW) * PROFILE_ROWS_PER_CM, 0, PROFILE_ROWS - 1.001);
      const row = position | 0;
      const rest = position - row;
      const at = row * PROFILE_FIELDS;
      const w = between(table, at, PROFILE_FIELDS, rest);
      const wSlope = between(table, at + 1, PROFILE_FIELDS, rest);
      const c = between(table, at + 2, PROFILE_FIELDS, rest);
      const cSlope = between(table, at + 3, PROFILE_FIELDS, rest);
      const g = between(table, at + 4, PROFILE_FIELDS, rest);
      const gSlope = between(table, at + 5, PROFILE_FIELDS, rest);
      const gradientX = 2 * x * w;
      const gradientY = x * x * wSlope + z * z * cSlope + gSlope;
      const gradientZ = 2 * z * c;
      const value = x * x * w + z * z * c + g - 1;
      const slope = gradientX * dx + gradientY * dy + gradientZ * dz;
      const curvature = 2 * (dx * dx * w + dz * dz * c) + dy * dy * table[at + 6]!;
      const under = slope * slope - 2 * value * curvature;
      const further = (slope + (under > 0 ? Math.sqrt(under) : 0)) / curvature;
      if (step < MOST_STEPS && (further > SHORT_STEP || further < -SHORT_STEP)) {
        t -= further;
        continue;
      }
      const least = value - (slope * slope) / (2 * curvature);
      const flatness = 1 / Math.sqrt(gradientX * gradientX + gradientY * gradientY + gradientZ * gradientZ);
      const isFound = further < LONG_STEP && further > -LONG_STEP;
      hit.seen = isFound ? clamp(0.5 - (least * flatness) / ray.footprint, 0, 1) : 0;
      if (hit.seen === 0) {
        // A miss gives no start for the next pixel.
        hit.t = Number.NaN;
        hit.advance = 0;
        return;
      }
      const advance = t - hit.t; // NaN on the first hit, for which both comparisons fail
      hit.advance = advance < 0.5 && advance > -0.5 ? advance : 0;
      hit.t = t;
      hit.deepest = t - slope / curvature;
      hit.x = x;
      hit.y = y;
      hit.z = z;
      hit.normalX = gradientX * flatness;
      hit.normalY = gradientY * flatness;
      hit.normalZ = gradientZ * flatness;
      return;
    }
  }

  /** Moves a hit of the skin from the smooth head to the relief, and tilts its normal. `t` stays on the smooth head. */
  addRelief(ray: Ray, hit: Hit): void {
    if (hit.z <= 0) return;
    if (this.#mayMeetNose(ray, hit)) this.#walkToNose(ray, hit);
    const grid = this.#relief;
    const across = clamp((hit.x < 0 ? -hit.x : hit.x) / RELIEF_STEP, 0, RELIEF_COLUMNS - 1.001);
    const along = clamp((hit.y - RELIEF_LOW) / RELIEF_STEP, 0, RELIEF_ROWS - 1.001);
    const column = across | 0;
    const row = along | 0;
    const tx = across - column;
    const ty = along - row;
    const at = (row * RELIEF_COLUMNS + column) * RELIEF_FIELDS;
    const up = at + RELIEF_COLUMNS * RELIEF_FIELDS;
    const lowX = between(grid, at + 1, RELIEF_FIELDS, tx);
    const lowY = between(grid, at + 2, RELIEF_FIELDS, tx);
    const slopeX = lowX + (between(grid, up + 1, RELIEF_FIELDS, tx) - lowX) * ty;
    const slopeY = lowY + (between(grid, up + 2, RELIEF_FIELDS, tx) - lowY) * ty;
    const nz = hit.normalZ;
    const nx = hit.normalX - (hit.x < 0 ? -slopeX : slopeX) * nz;
    const ny = hit.normalY - slopeY * nz;
    const length = Math.sqrt(nx * nx + ny * ny + nz * nz);
    hit.normalX = nx / length;
    hit.normalY = ny / length;
    hit.normalZ = nz / length;
  }

  #mayMeetNose(ray: Ray, hit: Hit): boolean {
    const near = hit.x - NOSE_REACH * ray.x;
    const half = this.#noseHalfWidth;
    if ((hit.x > half && near > half) || (hit.x < -half && near < -half)) return false;
    const rise = hit.y - NOSE_REACH * ray.y;
    return (hit.y > this.#noseBase || rise > this.#noseBase) && (hit.y < 1 || rise < 1);
  }

  /** Finds the first point along the ray under the relief: coarse steps, then two secant steps. */
  #walkToNose(ray: Ray, hit: Hit): void {
    const step = NOSE_REACH / NOSE_STEPS;
    let before = 0;
    let t = hit.t - NOSE_REACH;
    for (let i = 0; i <= NOSE_STEPS; i++, t += step) {
      const above = this.#clearance(ray, t);
      if (above > 0) {
        before = above;
        continue;
      }
      if (i === 0) return;
      let low = t - step;
      let high = t;
      let under = above;
      for (let n = 0; n < 2; n++) {
        const middle = low + ((high - low) * before) / (before - under);
        const there = this.#clearance(ray, middle);
        if (there > 0) {
          low = middle;
          before = there;
        } else {
          high = middle;
          under = there;
        }
      }
      const end = low + ((high - low) * before) / (before - under);
      hit.x = ray.originX + end * ray.x;
      hit.y = ray.originY + end * ray.y;
      hit.z = ray.originZ + end * ray.z;
      return;
    }
  }

  /** Height of a point of the ray over base and relief, cm. */
  #clearance(ray: Ray, t: number): number {
    const x = ray.originX + t * ray.x;
    const y = ray.originY + t * ray.y;
    return ray.originZ + t * ray.z - this.#baseHeight(x, y) - this.#reliefAt(x, y);
  }

  #baseHeight(x: number, y: number): number {
    const table = this.#profile;
    const position = clamp((y - PROFILE_LOW) * PROFILE_ROWS_PER_CM, 0, PROFILE_ROWS - 1.001);
    const row = position | 0;
    const rest = position - row;
    const at = row * PROFILE_FIELDS;
    const w = between(table, at, PROFILE_FIELDS, rest);
    const c = between(table, at + 2, PROFILE_FIELDS, rest);
    const g = between(table, at + 4, PROFILE_FIELDS, rest);
    const under = (1 - g - x * x * w) / c;
    return under > 0 ? Math.sqrt(under) : 0;
  }

  /** Height of the relief, bilinear between the points of its grid. */
  #reliefAt(x: number, y: number): number {
    const grid = this.#relief;
    const across = clamp((x < 0 ? -x : x) / RELIEF_STEP, 0, RELIEF_COLUMNS - 1.001);
    const along = clamp((y - RELIEF_LOW) / RELIEF_STEP, 0, RELIEF_ROWS - 1.001);
    const column = across | 0;
    const row = along | 0;
    const tx = across - column;
    const ty = along - row;
    const at = (row * RELIEF_COLUMNS + column) * RELIEF_FIELDS;
    const up = at + RELIEF_COLUMNS * RELIEF_FIELDS;
    const low = between(grid, at, RELIEF_FIELDS, tx);
    const high = between(grid, up, RELIEF_FIELDS, tx);
    return low + (high - low) * ty;
  }
}

/** Linear interpolation between the numbers at `at` and `at + step` of a table. */
function between(table: Float64Array, at: number, step: number, t: number): number {
  const low = table[at]!;
  return low + (table[at + step]! - low) * t;
}
