import type { Landmarks } from "../../base/image/index.ts";

/** A point of an image, pixels. */
export type Point = Landmarks[number];

/** Applies a map of the plane to each of the five points. */
export function mapLandmarks(
  [leftEye, rightEye, nose, leftMouth, rightMouth]: Landmarks,
  map: (point: Point) => Point,
): Landmarks {
  return [map(leftEye), map(rightEye), map(nose), map(leftMouth), map(rightMouth)];
}
