import type { Landmarks } from "../../base/image/index.ts";

/** A place in a picture, pixels. */
export type Point = Landmarks[number];

/** Each of the five points taken through a map of the plane. */
export function mapLandmarks(
  [leftEye, rightEye, nose, leftMouth, rightMouth]: Landmarks,
  map: (point: Point) => Point,
): Landmarks {
  return [map(leftEye), map(rightEye), map(nose), map(leftMouth), map(rightMouth)];
}
