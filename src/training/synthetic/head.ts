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

/** Second-order steps to the surface end when the next is shorter than this, cm, or after so many. */
const SHORT_STEP = 0.02;
const MOST_STEPS = 4;
/** A step this long, cm, after all others: the ray passes far from the head. */
const LONG_STEP = 0.5;

/** How far before the smooth head a nose can begin, and in how many steps it is looked for. */
const NOSE_REACH = 3.4;
const NOSE_STEPS = 7;

/**
 * The shape of a head: the points where F(x, y, z) = (x / w(y))² + (z / c(y))² + g(y) − 1 is 0, with half width w and
 * depth c that change slowly with height and a closing term g that rounds crown and chin off. On its front lies a
 * relief: nose, sockets, lips and so on as a height over F's surface. Rays are cut with F by second-order steps (F is
 * nearly quadratic along a ray), and the nose is found by walking along the ray. How far F's least value along a ray
 * is from 0 gives the share of a pixel that the silhouette covers, so edges need no supersampling.
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

  /** The point of the face's front over (x, y). */
  front(x: number, y: number): HeadPoint {
    return [x, y, this.#baseHeight(x, y) + this.#reliefAt(x, y)];
  }

  /** Cuts a ray with the smooth head, beginning where `hit` was left by the pixel before, if it was filled. */
  intersect(ray: Ray, hit: Hit): void {
    const table = this.#profile;
    const { shrinkX, shrinkY } = hit;
    const originX = ray.originX * shrinkX;
    const originY = ray.originY * shrinkY;
    const originZ = ray.originZ * shrinkX;
    const dx = ray.x * shrinkX;
    const dy = ray.y * shrinkY;
    const dz = ray.z * shrinkX;
    // Where the last two pixels' hits point to, or else the point nearest to the head's middle.
    let t = Number.isNaN(hit.t)
      ? -(originX * dx + originY * dy + originZ * dz) / (dx * dx + dy * dy + dz * dz)
      : hit.t + hit.advance;
    for (let step = 0; ; step++) {
      const x = originX + t * dx;
      const y = originY + t * dy;
      const z = originZ + t * dz;
      const place = clamp((y - PROFILE_LOW) * PROFILE_ROWS_PER_CM, 0, PROFILE_ROWS - 1.001);
      const row = place | 0;
      const rest = place - row;
      const at = row * PROFILE_FIELDS;
      const to = at + PROFILE_FIELDS;
      const w = table[at]! + (table[to]! - table[at]!) * rest;
      const wSlope = table[at + 1]! + (table[to + 1]! - table[at + 1]!) * rest;
      const c = table[at + 2]! + (table[to + 2]! - table[at + 2]!) * rest;
      const cSlope = table[at + 3]! + (table[to + 3]! - table[at + 3]!) * rest;
      const g = table[at + 4]! + (table[to + 4]! - table[at + 4]!) * rest;
      const gSlope = table[at + 5]! + (table[to + 5]! - table[at + 5]!) * rest;
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
        // A miss says little about where the next pixel's ray meets the head.
        hit.t = Number.NaN;
        hit.advance = 0;
        return;
      }
      const advance = t - hit.t; // NaN on the first hit, which no comparison lets through
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

  /** Moves a hit of the skin from the smooth head to the relief, and tilts its normal. Leaves `t` on the smooth head. */
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
    const lowX = grid[at + 1]! + (grid[at + 4]! - grid[at + 1]!) * tx;
    const lowY = grid[at + 2]! + (grid[at + 5]! - grid[at + 2]!) * tx;
    const slopeX = lowX + (grid[up + 1]! + (grid[up + 4]! - grid[up + 1]!) * tx - lowX) * ty;
    const slopeY = lowY + (grid[up + 2]! + (grid[up + 5]! - grid[up + 2]!) * tx - lowY) * ty;
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

  /** Finds the first place along the ray that is under the relief: coarse steps, then two of the secant. */
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

  /** Height of a ray's point over base and relief, cm. */
  #clearance(ray: Ray, t: number): number {
    const x = ray.originX + t * ray.x;
    const y = ray.originY + t * ray.y;
    return ray.originZ + t * ray.z - this.#baseHeight(x, y) - this.#reliefAt(x, y);
  }

  #baseHeight(x: number, y: number): number {
    const table = this.#profile;
    const place = clamp((y - PROFILE_LOW) * PROFILE_ROWS_PER_CM, 0, PROFILE_ROWS - 1.001);
    const row = place | 0;
    const rest = place - row;
    const at = row * PROFILE_FIELDS;
    const to = at + PROFILE_FIELDS;
    const w = table[at]! + (table[to]! - table[at]!) * rest;
    const c = table[at + 2]! + (table[to + 2]! - table[at + 2]!) * rest;
    const g = table[at + 4]! + (table[to + 4]! - table[at + 4]!) * rest;
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
    const low = grid[at]! + (grid[at + RELIEF_FIELDS]! - grid[at]!) * tx;
    const high = grid[up]! + (grid[up + RELIEF_FIELDS]! - grid[up]!) * tx;
    return low + (high - low) * ty;
  }
}
