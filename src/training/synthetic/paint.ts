import type { Color } from "./arithmetic.ts";

/** The color of one point while it is mixed: red, green, blue in linear light. Reused from pixel to pixel. */
export type Paint = [red: number, green: number, blue: number];

/** A new paint. Fractions as first values, so that V8 stores unboxed doubles from the start. */
export function newPaint(): Paint {
  return [0.5, 0.5, 0.5];
}

/** The point of the face's surface to paint, cm. Reused from pixel to pixel. */
export class Spot {
  x = 0.5;
  y = 0.5;
  z = 0.5;
  /** Width of a pixel on the surface. */
  edge = 0.5;
}

/** Covers `amount` (0–1) of the paint with a color. */
export function cover(paint: Paint, color: Color, amount: number): void {
  paint[0] += (color[0] - paint[0]) * amount;
  paint[1] += (color[1] - paint[1]) * amount;
  paint[2] += (color[2] - paint[2]) * amount;
}

/** Covers `amount` (0–1) of the paint with `brightness` times a color. */
export function coverShaded(paint: Paint, color: Color, brightness: number, amount: number): void {
  paint[0] += (color[0] * brightness - paint[0]) * amount;
  paint[1] += (color[1] * brightness - paint[1]) * amount;
  paint[2] += (color[2] * brightness - paint[2]) * amount;
}

/** Multiplies the paint by about 1 − `amount`, red a little less than green and blue, as shadow on skin does. */
export function darken(paint: Paint, amount: number): void {
  paint[0] *= 1 - amount * 0.85;
  paint[1] *= 1 - amount;
  paint[2] *= 1 - amount;
}
