import { describeValue, OptionError, requirePositive } from "../core/index.ts";
import { type Point, requirePoint } from "./similarity.ts";

/**
 * Five landmarks as they appear in the image, from its left: left eye, right eye, tip of the nose, left and right
 * mouth corner.
 */
export type Landmarks = readonly [Point, Point, Point, Point, Point];

/** The template of 112 × 112 crops (InsightFace `face_align.py`), in pixels. */
const TEMPLATE_112: Landmarks = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];

/**
 * Positions of the landmarks in an aligned crop of any size: the 112 × 112 template, scaled to the height and centered
 * in the width. At 96 × 112 this is the template of SphereFace and CosFace, 8 pixels further left.
 */
export function landmarkTemplate(width: number, height: number): Landmarks {
  requirePositive("width", width);
  requirePositive("height", height);
  const scale = height / 112;
  const offset = (width - 112 * scale) / 2;
  const scaled = ([x, y]: Point): Point => [x * scale + offset, y * scale];
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = TEMPLATE_112;
  return [scaled(leftEye), scaled(rightEye), scaled(nose), scaled(leftMouth), scaled(rightMouth)];
}

/** @throws {OptionError} for anything but five points. */
export function requireLandmarks(landmarks: Landmarks): void {
  if (!Array.isArray(landmarks) || landmarks.length !== TEMPLATE_112.length) {
    throw new OptionError(`landmarks: got ${describeValue(landmarks)}, expected five points [x, y]`);
  }
  for (const point of landmarks) requirePoint(point);
}
