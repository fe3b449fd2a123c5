import type { Point } from "./similarity.ts";

/** Five landmarks in the order of the picture: left eye, right eye, tip of the nose, left and right mouth corner. */
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
 * Where the landmarks belong in an aligned crop of any size: the 112 × 112 template, scaled to the height and kept in
 * the middle of the width. At 96 × 112 that is the template of SphereFace and CosFace, 8 pixels further left.
 */
export function landmarkTemplate(width: number, height: number): Landmarks {
  const scale = height / 112;
  const offset = (width - 112 * scale) / 2;
  return TEMPLATE_112.map(([x, y]) => [x * scale + offset, y * scale] as const) as unknown as Landmarks;
}
