/**
 * Similarities of the plane: rotation, one scale for both axes, and shift; four degrees of freedom, never a
 * reflection.
 */
import { describeValue, OptionError, requireFields, requireKind, ShapeError } from "../core/index.ts";
import type { AffineMap } from "./warp.ts";

/** A point of the image in pixels; (0, 0) is the middle of the first pixel, y points down. */
export type Point = readonly [x: number, y: number];

/** Rotation, scale and shift: x′ = a·x − b·y + shiftX, y′ = b·x + a·y + shiftY. */
export type Similarity = { readonly a: number; readonly b: number; readonly shiftX: number; readonly shiftY: number };

/** @throws {OptionError} for anything but two numbers. */
export function requirePoint(point: Point): void {
  const isPoint = Array.isArray(point) && point.length === 2 && point.every((one) => typeof one === "number");
  if (!isPoint) throw new OptionError(`point: got ${describeValue(point)}, expected [x, y] in pixels`);
}

/** Maps a point by a similarity. */
export function applySimilarity(similarity: Similarity, point: Point): Point {
  requireFields("similarity", similarity, { a: "a number", b: "a number", shiftX: "a number", shiftY: "a number" });
  requirePoint(point);
  const { a, b, shiftX, shiftY } = similarity;
  const [x, y] = point;
  return [a * x - b * y + shiftX, b * x + a * y + shiftY];
}

/**
 * The similarity that maps `from` to `to` with the least sum of squared distances. As complex numbers around the two
 * means: a + i·b = Σ to·conj(from) / Σ |from|².
 *
 * In the plane this equals Umeyama's result by singular values: the sum of squares is quadratic in (a, b), so this is
 * its only minimum over all rotations and scales, and reflections are excluded. If all points of `from` coincide, no
 * similarity exists, and the numbers are NaN.
 *
 * @see Umeyama, Least-squares estimation of transformation parameters between two point patterns, PAMI 13 (1991)
 */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Similarity {
  for (const points of [from, to]) {
    requireKind("points", points, "a list");
    for (const point of points) requirePoint(point);
  }
  if (from.length !== to.length) {
    throw new ShapeError(`similarity: got ${from.length} points and ${to.length} targets, expected as many of both`);
  }
  const [fromX, fromY] = mean(from);
  const [toX, toY] = mean(to);
  let real = 0;
  let imaginary = 0;
  let square = 0;
  for (const [i, [targetX, targetY]] of to.entries()) {
    const [px, py] = from[i] ?? [Number.NaN, Number.NaN];
    const [x, y, u, v] = [px - fromX, py - fromY, targetX - toX, targetY - toY];
    real += u * x + v * y;
    imaginary += v * x - u * y;
    square += x * x + y * y;
  }
  const [a, b] = [real / square, imaginary / square];
  return { a, b, shiftX: toX - (a * fromX - b * fromY), shiftY: toY - (b * fromX + a * fromY) };
}

/** The map that draws an image moved by a similarity: from a pixel of the result back to its position in the image. */
export function inverseMap(similarity: Similarity): AffineMap {
  requireFields("similarity", similarity, { a: "a number", b: "a number", shiftX: "a number", shiftY: "a number" });
  const { a, b, shiftX, shiftY } = similarity;
  const square = a * a + b * b;
  const [c, s] = [a / square, b / square];
  return [c, s, -(c * shiftX + s * shiftY), -s, c, s * shiftX - c * shiftY];
}

function mean(points: readonly Point[]): Point {
  const sum = points.reduce(([sx, sy], [x, y]) => [sx + x, sy + y] as const, [0, 0] as Point);
  return [sum[0] / points.length, sum[1] / points.length];
}
