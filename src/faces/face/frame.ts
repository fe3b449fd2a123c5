import type { Box } from "../../base/image/index.ts";
import { type RgbImage, warpReduced } from "../../base/image/index.ts";
import type { Tensor } from "../../compiler/runtime/index.ts";
import type { Point } from "./landmarks.ts";

/** A rotated square of an image: its middle and side in pixels, and the unit vector of its upper edge. */
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

/** The pixels of a frame, `size` × `size`; outside of the image they are black. */
export function cropFrame(image: RgbImage, { center, side, axis }: Frame, size: number): Promise<RgbImage> {
  const scale = side / size;
  const [a, b] = [scale * axis[0], scale * axis[1]];
  const middle = (size - 1) / 2;
  const left = center[0] - (a - b) * middle;
  const top = center[1] - (b + a) * middle;
  return warpReduced(image, [a, -b, left, b, a, top], { width: size, height: size });
}

/** The pixels of frames as u8[frames, size, size, 3]. */
export async function cropFrames(image: RgbImage, frames: readonly Frame[], size: number): Promise<Tensor> {
  const data = new Uint8Array(frames.length * size * size * 3);
  for (const [i, frame] of frames.entries()) data.set((await cropFrame(image, frame, size)).data, i * size * size * 3);
  return { type: "u8", shape: [frames.length, size, size, 3], data };
}

/** From coordinates in the frame, shares of its side with (0, 0) in the corner, to pixels of the image. */
export function fromFrame({ center, side, axis }: Frame, [x, y]: Point): Point {
  const [u, v] = [(x - 0.5) * side, (y - 0.5) * side];
  return [center[0] + axis[0] * u - axis[1] * v, center[1] + axis[1] * u + axis[0] * v];
}
