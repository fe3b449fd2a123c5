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

/**
 * The line of sight of one pixel, in head coordinates; the direction is about as long as 1. This and {@link Hit} are
 * objects that are filled again for every pixel: numbers passed or returned one by one would each be allocated.
 */
export class Ray {
  originX = 0.5;
  originY = 0.5;
  originZ = 0.5;
  x = 0.5;
  y = 0.5;
  z = -0.5;
  /** Width of a pixel at the head, cm. */
  footprint = 0.5;
}

/** Where a ray meets a head that is grown about its center: 1 for the skin itself, more for the hair around it. */
export class Hit {
  readonly growX: number;
  readonly growY: number;
  /** Share of the pixel that the head covers, 0–1. */
  seen = 0.5;
  /** Ray parameter, point, and outward normal. */
  t = Number.NaN;
  /** Ray parameter where the ray is deepest inside, or nearest. */
  deepest = 0.5;
  /** By how much `t` differs from that of the pixel before. */
  advance = 0.5;
  x = 0.5;
  y = 0.5;
  z = 0.5;
  normalX = 0.5;
  normalY = 0.5;
  normalZ = 0.5;

  constructor(growX = 1, growY = 1) {
    this.growX = growX;
    this.growY = growY;
  }
}

/** Second-order steps to the surface end when one is shorter than this, cm, or after so many. */
const SHORT_STEP = 0.02;
const MOST_STEPS = 4;

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
    const originX = ray.originX / hit.growX;
    const originY = ray.originY / hit.growY;
    const originZ = ray.originZ / hit.growX;
    const dx = ray.x / hit.growX;
    const dy = ray.y / hit.growY;
    const dz = ray.z / hit.growX;
    // Where the last two pixels' hits point to, or else a head's radius before the point nearest to the center.
    let t = Number.isNaN(hit.t) ? -(originX * dx + originY * dy + originZ * dz) - 8 : hit.t + hit.advance;
    let last = 1;
    for (let step = 0; ; step++) {
      const x = originX + t * dx;
      const y = originY + t * dy;
      const z = originZ + t * dz;
      const place = clamp((y - PROFILE_LOW) * PROFILE_ROWS_PER_CM, 0, PROFILE_ROWS - 1.001);
      const row = Math.floor(place);
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
      if (step < MOST_STEPS && (last > SHORT_STEP || last < -SHORT_STEP)) {
        const under = slope * slope - 2 * value * curvature;
        last = (slope + (under > 0 ? Math.sqrt(under) : 0)) / curvature;
        t -= last;
        continue;
      }
      const least = value - (slope * slope) / (2 * curvature);
      const steepness = Math.sqrt(gradientX * gradientX + gradientY * gradientY + gradientZ * gradientZ);
      hit.seen = clamp(0.5 - least / (steepness * ray.footprint), 0, 1);
      const advance = t - hit.t;
      hit.advance = advance < 0.5 && advance > -0.5 ? advance : 0;
      hit.t = t;
      hit.deepest = t - slope / curvature;
      hit.x = x;
      hit.y = y;
      hit.z = z;
      hit.normalX = gradientX / steepness;
      hit.normalY = gradientY / steepness;
      hit.normalZ = gradientZ / steepness;
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
    const column = Math.floor(across);
    const row = Math.floor(along);
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
    const row = Math.floor(place);
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
    const column = Math.floor(across);
    const row = Math.floor(along);
    const tx = across - column;
    const ty = along - row;
    const at = (row * RELIEF_COLUMNS + column) * RELIEF_FIELDS;
    const up = at + RELIEF_COLUMNS * RELIEF_FIELDS;
    const low = grid[at]! + (grid[at + RELIEF_FIELDS]! - grid[at]!) * tx;
    const high = grid[up]! + (grid[up + RELIEF_FIELDS]! - grid[up]!) * tx;
    return low + (high - low) * ty;
  }
}
