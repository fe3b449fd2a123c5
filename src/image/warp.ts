import type { RgbImage } from "./rgb-image.ts";

/**
 * An affine map of the plane, from a pixel of the result to the place in the source that it is read from:
 * x′ = a·x + b·y + c, y′ = d·x + e·y + f. Coordinates are pixel centers: (0, 0) is the middle of the first pixel.
 */
export type AffineMap = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** What lies outside the source: black, or its nearest pixel. */
export type Border = "black" | "edge";

/** Bits of the fixed-point fraction: 1/2048 pixel, and products of two weights and a byte still fit in 31 bits. */
const FRACTION_BITS = 11;
const ONE = 1 << FRACTION_BITS;
const HALF_OF_PRODUCT = 1 << (2 * FRACTION_BITS - 1);

/**
 * Draws a picture through an affine map, with bilinear interpolation (OpenCV's `warpAffine` with `WARP_INVERSE_MAP`).
 * For a reduction by more than two, resize first: four neighbors would skip pixels.
 */
export function warpImage(
  image: RgbImage,
  map: AffineMap,
  { width, height, border = "black" }: { readonly width: number; readonly height: number; readonly border?: Border },
): RgbImage {
  const data = new Uint8Array(3 * width * height);
  warpInto(image, map, { width, height, data }, border);
  return { width, height, data };
}

/** As `warpImage`, into the pixels of `target`, which must not overlap those of `image`. */
export function warpInto(image: RgbImage, map: AffineMap, target: RgbImage, border: Border): void {
  const { data: source, width: sourceWidth, height: sourceHeight } = image;
  const lastX = sourceWidth - 1;
  const lastY = sourceHeight - 1;
  const [a, b, c, d, e, f] = map;
  const output = target.data;
  let to = 0;
  for (let y = 0; y < target.height; y++) {
    for (let x = 0; x < target.width; x++, to += 3) {
      const sourceX = a * x + b * y + c;
      const sourceY = d * x + e * y + f;
      const left = Math.floor(sourceX);
      const top = Math.floor(sourceY);
      const fractionX = ((sourceX - left) * ONE + 0.5) | 0;
      const fractionY = ((sourceY - top) * ONE + 0.5) | 0;
      let topLeft = (ONE - fractionX) * (ONE - fractionY);
      let topRight = fractionX * (ONE - fractionY);
      let bottomLeft = (ONE - fractionX) * fractionY;
      let bottomRight = fractionX * fractionY;
      let x0 = left;
      let x1 = left + 1;
      let y0 = top;
      let y1 = top + 1;
      if (left < 0 || top < 0 || left >= lastX || top >= lastY) {
        if (border === "black") {
          if (x0 < 0 || x0 > lastX) topLeft = bottomLeft = 0;
          if (x1 < 0 || x1 > lastX) topRight = bottomRight = 0;
          if (y0 < 0 || y0 > lastY) topLeft = topRight = 0;
          if (y1 < 0 || y1 > lastY) bottomLeft = bottomRight = 0;
        }
        x0 = Math.min(Math.max(x0, 0), lastX);
        x1 = Math.min(Math.max(x1, 0), lastX);
        y0 = Math.min(Math.max(y0, 0), lastY);
        y1 = Math.min(Math.max(y1, 0), lastY);
      }
      const p = 3 * (y0 * sourceWidth + x0);
      const q = 3 * (y0 * sourceWidth + x1);
      const r = 3 * (y1 * sourceWidth + x0);
      const s = 3 * (y1 * sourceWidth + x1);
      for (let channel = 0; channel < 3; channel++) {
        output[to + channel] =
          (topLeft * source[p + channel]! +
            topRight * source[q + channel]! +
            bottomLeft * source[r + channel]! +
            bottomRight * source[s + channel]! +
            HALF_OF_PRODUCT) >>
          (2 * FRACTION_BITS);
      }
    }
  }
}
