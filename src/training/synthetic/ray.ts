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
  /** 1 / the factor by which the head is grown, along x and z, and along y. */
  readonly shrinkX: number;
  readonly shrinkY: number;
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
    this.shrinkX = 1 / growX;
    this.shrinkY = 1 / growY;
  }
}
