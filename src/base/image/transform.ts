import { ImageError, requireInteger, requireKind } from "../core/index.ts";
import { requireImage } from "./require-image.ts";
import type { RgbImage } from "./rgb-image.ts";

/** Flips an image horizontally. */
export function flipImage(image: RgbImage): RgbImage {
  requireImage(image);
  const { width, height, data } = image;
  const flipped = new Uint8Array(data.length);
  flipInto(data, flipped, width, height);
  return { width, height, data: flipped };
}

/** Flips RGB pixels horizontally from `source` into `target`, which must not overlap. */
export function flipInto(source: Uint8Array, target: Uint8Array, width: number, height: number): void {
  for (let y = 0; y < height; y++) {
    let to = 3 * width * y;
    for (let from = to + 3 * (width - 1); from >= 3 * width * y; from -= 3, to += 3) {
      target[to] = source[from]!;
      target[to + 1] = source[from + 1]!;
      target[to + 2] = source[from + 2]!;
    }
  }
}

/**
 * The rectangle of `width` × `height` pixels whose top left corner is (left, top), in whole pixels. Beyond
 * the edge of the image, the nearest pixel is repeated.
 * @throws {ImageError} when the rectangle is empty.
 */
export function cropImage(image: RgbImage, left: number, top: number, width: number, height: number): RgbImage {
  requireImage(image);
  requireInteger("left", left, Number.MIN_SAFE_INTEGER);
  requireInteger("top", top, Number.MIN_SAFE_INTEGER);
  requireKind("width", width, "a number");
  requireKind("height", height, "a number");
  if (width < 1 || height < 1) throw new ImageError(`crop: got a size of ${width}×${height}, expected at least 1×1`);
  const data = new Uint8Array(3 * width * height);
  const isInside = left >= 0 && top >= 0 && left + width <= image.width && top + height <= image.height;
  for (let y = 0; y < height; y++) {
    const row = image.width * Math.min(Math.max(top + y, 0), image.height - 1);
    if (isInside) {
      data.set(image.data.subarray(3 * (row + left), 3 * (row + left + width)), 3 * width * y);
      continue;
    }
    for (let x = 0; x < width; x++) {
      const from = 3 * (row + Math.min(Math.max(left + x, 0), image.width - 1));
      data.set(image.data.subarray(from, from + 3), 3 * (width * y + x));
    }
  }
  return { width, height, data };
}

/**
 * The image in the top left corner of a black one of `width` × `height` pixels.
 * @throws {ImageError} when the image is larger than that.
 */
export function padImage(image: RgbImage, width: number, height: number): RgbImage {
  if (width < image.width || height < image.height) {
    throw new ImageError(
      `padding: got an image of ${image.width}×${image.height}, expected at most ${width}×${height}`,
    );
  }
  if (width === image.width && height === image.height) return image;
  const data = new Uint8Array(3 * width * height);
  const rowBytes = 3 * image.width;
  for (let y = 0; y < image.height; y++) {
    data.set(image.data.subarray(rowBytes * y, rowBytes * (y + 1)), 3 * width * y);
  }
  return { width, height, data };
}
