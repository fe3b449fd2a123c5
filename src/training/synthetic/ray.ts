/**
 * The line of sight of one pixel, in head coordinates; the direction has a length of about 1. This and {@link Hit} are
 * objects that every pixel overwrites, since V8 would allocate numbers that are passed or returned one by one.
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

/** The intersection of a ray with an enlarged head: factor 1 for the skin, more for the hair around it. */
export class Hit {
  /** 1 / the factor of the enlargement, along x and z, and along y. */
  readonly shrinkX: number;
  readonly shrinkY: number;
  /** Share of the pixel that the head covers, 0–1. */
  seen = 0.5;
  /** Ray parameter, point, and outward normal. */
  t = Number.NaN;
  /** Ray parameter of the deepest point inside, or of the nearest point. */
  deepest = 0.5;
  /** Difference between `t` and that of the previous pixel. */
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
