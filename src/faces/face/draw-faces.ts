import { type RgbImage, requireImage } from "../../base/image/index.ts";
import type { DetectedFace } from "./detection.ts";

type Color = readonly [red: number, green: number, blue: number];

const BOX_COLOR: Color = [0, 220, 0];
/** Left and right have different colors, so that a mirrored order is seen at once. */
const LANDMARK_COLORS: readonly [Color, Color, Color, Color, Color] = [
  [255, 64, 64],
  [64, 128, 255],
  [255, 220, 0],
  [255, 64, 64],
  [64, 128, 255],
];
/** Width of lines and points, as a share of the image's longer side; at least a pixel. */
const LINE_WIDTH = 1 / 300;

/** A copy of the image with boxes and landmarks: points left of the face's middle red, right blue, nose yellow. */
export function drawFaces(image: RgbImage, faces: readonly Pick<DetectedFace, "box" | "landmarks">[]): RgbImage {
  requireImage(image);
  const drawn = { ...image, data: image.data.slice() };
  const line = Math.max(1, Math.round(Math.max(image.width, image.height) * LINE_WIDTH));
  for (const { box, landmarks } of faces) {
    const [left, top] = [Math.round(box.x), Math.round(box.y)];
    const [width, height] = [Math.round(box.width), Math.round(box.height)];
    fill(drawn, left, top, width, line, BOX_COLOR);
    fill(drawn, left, top + height - line, width, line, BOX_COLOR);
    fill(drawn, left, top, line, height, BOX_COLOR);
    fill(drawn, left + width - line, top, line, height, BOX_COLOR);
    for (const [i, color] of LANDMARK_COLORS.entries()) {
      const [x, y] = landmarks[i] ?? landmarks[0];
      fill(drawn, Math.round(x) - line, Math.round(y) - line, 2 * line + 1, 2 * line + 1, color);
    }
  }
  return drawn;
}

/** Fills the part of a rectangle that lies in the image. */
function fill({ width, height, data }: RgbImage, left: number, top: number, w: number, h: number, color: Color): void {
  for (let y = Math.max(0, top); y < Math.min(height, top + h); y++) {
    for (let x = Math.max(0, left); x < Math.min(width, left + w); x++) data.set(color, 3 * (y * width + x));
  }
}
