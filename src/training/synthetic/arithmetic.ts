/**
 * Arithmetic of the renderer. It uses only +, −, ×, ÷ and the square root, whose results IEEE 754 defines to the
 * last bit. `Math.sin`, `Math.exp` and `Math.pow` may differ between engines, and would make the rendered bytes
 * differ.
 */

/** An RGB color in linear light, each channel about 0–1. */
export type Color = readonly [red: number, green: number, blue: number];

/** `x`, limited to [low, high]. */
export function clamp(x: number, low: number, high: number): number {
  if (x < low) return low;
  if (x > high) return high;
  return x;
}

/** Linear interpolation from `a` (t = 0) to `b` (t = 1). */
export function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}

/** Linear interpolation from color `a` (t = 0) to color `b` (t = 1). */
export function mixColor(a: Color, b: Color, t: number): Color {
  return [mix(a[0], b[0], t), mix(a[1], b[1], t), mix(a[2], b[2], t)];
}

/** 0 below `low`, 1 above `high`, and a smooth cubic between them. */
export function smoothstep(low: number, high: number, x: number): number {
  const t = clamp((x - low) / (high - low), 0, 1);
  return t * t * (3 - 2 * t);
}

/** A bell curve of radius 1 that is exactly 0 outside, as a function of the squared distance from its center. */
export function bump(squared: number): number {
  if (squared >= 1) return 0;
  const rest = 1 - squared;
  return rest * rest;
}

/** Share of a pixel (`edge` wide) inside a border at distance `inside`, which is negative outside. */
export function coverage(inside: number, edge: number): number {
  return clamp(inside / edge + 0.5, 0, 1);
}

/** Share of a pixel that a line of half width `half` covers, at `distance` from the middle of the line. */
export function lineCoverage(distance: number, half: number, edge: number): number {
  const away = distance < 0 ? -distance : distance;
  return coverage(half - away, edge) * (2 * half < edge ? (2 * half) / edge : 1);
}

const degree = Math.PI / 180;

/** Sine of an angle in degrees, to 1e-12. */
export function sine(degrees: number): number {
  let angle = degrees - 360 * Math.round(degrees / 360);
  if (angle > 90) angle = 180 - angle;
  if (angle < -90) angle = -180 - angle;
  const x = angle * degree;
  const square = x * x;
  let term = x;
  let sum = x;
  for (let n = 2; n <= 18; n += 2) {
    term *= -square / (n * (n + 1));
    sum += term;
  }
  return sum;
}

/** Cosine of an angle in degrees, to 1e-12. */
export function cosine(degrees: number): number {
  return sine(degrees + 90);
}

/** A pseudo-random number in [0, 1) for a lattice point and a seed (32-bit xor-shifts and multiplications). */
export function hashUnit(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 4294967296;
}

/** Smooth noise in [0, 1) over a line, with one independent value at each whole number. */
export function lineNoise(x: number, seed: number): number {
  const cell = Math.floor(x);
  const t = x - cell;
  return mix(hashUnit(cell, 0, seed), hashUnit(cell + 1, 0, seed), t * t * (3 - 2 * t));
}

/** Smooth noise in [0, 1) over the plane, with one independent value at each lattice point. */
export function planeNoise(x: number, y: number, seed: number): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const tx = x - column;
  const ty = y - row;
  const sx = tx * tx * (3 - 2 * tx);
  const upper = mix(hashUnit(column, row, seed), hashUnit(column + 1, row, seed), sx);
  const lower = mix(hashUnit(column, row + 1, seed), hashUnit(column + 1, row + 1, seed), sx);
  return mix(upper, lower, ty * ty * (3 - 2 * ty));
}
