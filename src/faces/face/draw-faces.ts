import type { RgbImage } from "../../base/image/index.ts";
import type { DetectedFace } from "./detection.ts";

type Color = readonly [red: number, green: number, blue: number];

const BOX_COLOR: Color = [0, 220, 0];
/** Left and right are told apart, so that a mirrored order is seen at once. */
const LANDMARK_COLORS: readonly Color[] = [
  [255, 64, 64],
  [64, 128, 255],
  [255, 220, 0],
  [255, 64, 64],
  [64, 128, 255],
];
/** Lines and points are this share of the picture's longer side, and at least a pixel. */
const LINE_WIDTH = 1 / 300;

/** A copy of the picture with boxes and landmarks drawn on it: points left of the face's middle red, right blue, nose yellow. */
export function drawFaces(image: RgbImage, faces: readonly Pick<DetectedFace, "box" | "landmarks">[]): RgbImage {
  const drawn = { ...image, data: image.data.slice() };
  const line = Math.max(1, Math.round(Math.max(image.width, image.height) * LINE_WIDTH));
  for (const { box, landmarks } of faces) {
    const [left, top] = [Math.round(box.x), Math.round(box.y)];
    const [width, height] = [Math.round(box.width), Math.round(box.height)];
    fill(drawn, left, top, width, line, BOX_COLOR);
    fill(drawn, left, top + height - line, width, line, BOX_COLOR);
    fill(drawn, left, top, line, height, BOX_COLOR);
    fill(drawn, left + width - line, top, line, height, BOX_COLOR);
    for (const [i, [x, y]] of landmarks.entries()) {
      fill(drawn, Math.round(x) - line, Math.round(y) - line, 2 * line + 1, 2 * line + 1, LANDMARK_COLORS[i]!);
    }
  }
  return drawn;
}

/** Fills the part of a rectangle that lies in the picture. */
function fill({ width, height, data }: RgbImage, left: number, top: number, w: number, h: number, color: Color): void {
  for (let y = Math.max(0, top); y < Math.min(height, top + h); y++) {
    for (let x = Math.max(0, left); x < Math.min(width, left + w); x++) data.set(color, 3 * (y * width + x));
  }
}
