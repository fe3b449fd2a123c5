import type { Box } from "../data/index.ts";
import { cropImage, type RgbImage, resizeImage, warpImage } from "../image/index.ts";
import type { Point } from "./landmarks.ts";

/** A square of a picture, turned: its middle and side in pixels, and the unit vector of its upper edge. */
export type Frame = { readonly center: Point; readonly side: number; readonly axis: Point };

/** The square around a box whose side is `scale` times the longer one of the box. */
export function frameAround({ x, y, width, height }: Box, scale: number, axis: Point = [1, 0]): Frame {
  const length = Math.hypot(...axis);
  return {
    center: [x + width / 2, y + height / 2],
    side: Math.max(width, height) * scale,
    axis: length > 0 ? [axis[0] / length, axis[1] / length] : [1, 0],
  };
}

/** The pixels of a frame, `size` × `size`; what lies outside the picture is black. */
export async function cropFrame(image: RgbImage, frame: Frame, size: number): Promise<RgbImage> {
  if (frame.side > 2 * size) return cropLargeFrame(image, frame, size);
  const { center, side, axis } = frame;
  const scale = side / size;
  const [a, b] = [scale * axis[0], scale * axis[1]];
  const middle = (size - 1) / 2;
  const left = center[0] - (a - b) * middle;
  const top = center[1] - (b + a) * middle;
  return warpImage(image, [a, -b, left, b, a, top], { width: size, height: size });
}

/** Four neighbors of each pixel are too few for a large reduction: the part around the frame is reduced first. */
async function cropLargeFrame(image: RgbImage, { center, side, axis }: Frame, size: number): Promise<RgbImage> {
  const reach = Math.ceil(side * Math.SQRT1_2) + 1;
  const left = Math.max(0, Math.floor(center[0]) - reach);
  const top = Math.max(0, Math.floor(center[1]) - reach);
  const width = Math.min(image.width, Math.ceil(center[0]) + reach) - left;
  const height = Math.min(image.height, Math.ceil(center[1]) + reach) - top;
  if (width < 1 || height < 1) return { width: size, height: size, data: new Uint8Array(3 * size * size) };
  const scale = size / side;
  const part = await resizeImage(
    cropImage(image, left, top, width, height),
    Math.max(1, Math.round(width * scale)),
    Math.max(1, Math.round(height * scale)),
  );
  const [scaleX, scaleY] = [part.width / width, part.height / height];
  const moved: Point = [(center[0] - left + 0.5) * scaleX - 0.5, (center[1] - top + 0.5) * scaleY - 0.5];
  return cropFrame(part, { center: moved, side: size, axis }, size);
}

/** From the frame's own coordinates, shares of its side with (0, 0) in the corner, to pixels of the picture. */
export function fromFrame({ center, side, axis }: Frame, [x, y]: Point): Point {
  const [u, v] = [(x - 0.5) * side, (y - 0.5) * side];
  return [center[0] + axis[0] * u - axis[1] * v, center[1] + axis[1] * u + axis[0] * v];
}
