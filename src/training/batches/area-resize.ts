import type { RgbImage } from "../../base/image/index.ts";

/** Shares are multiples of 1/32768: their products with 16-bit values fit into 31 bits. */
const SHARE_BITS = 15;
const ONE = 1 << SHARE_BITS;
/** Bits of the fraction between the two passes. */
const KEPT_BITS = 8;

/**
 * Reduces an image to the size of `target`: each pixel is the mean of the rectangle that it covers in `source`, with
 * partly covered pixels weighted by their share (OpenCV's `INTER_AREA`). Columns first, then rows. `target` must not be
 * larger than `source`.
 */
export function areaInto(source: RgbImage, target: RgbImage): void {
  const { data: input } = source;
  const { data: output } = target;
  const stride = 3 * target.width;
  const narrow = new Uint16Array(stride * source.height);
  const columns = coverage(source.width, target.width);
  for (let y = 0; y < source.height; y++) {
    const row = 3 * y * source.width;
    let to = y * stride;
    for (const { first, shares } of columns) {
      let red = 0;
      let green = 0;
      let blue = 0;
      let from = row + 3 * first;
      for (const part of shares) {
        red = (red + Math.imul(part, input[from]!)) | 0;
        green = (green + Math.imul(part, input[from + 1]!)) | 0;
        blue = (blue + Math.imul(part, input[from + 2]!)) | 0;
        from += 3;
      }
      narrow[to] = red >> (SHARE_BITS - KEPT_BITS);
      narrow[to + 1] = green >> (SHARE_BITS - KEPT_BITS);
      narrow[to + 2] = blue >> (SHARE_BITS - KEPT_BITS);
      to += 3;
    }
  }
  for (const [y, { first, shares }] of coverage(source.height, target.height).entries()) {
    for (let x = 0; x < stride; x++) {
      let sum = 1 << (SHARE_BITS + KEPT_BITS - 1);
      let from = first * stride + x;
      for (const part of shares) {
        sum = (sum + Math.imul(part, narrow[from]!)) | 0;
        from += stride;
      }
      output[y * stride + x] = sum >> (SHARE_BITS + KEPT_BITS);
    }
  }
}

/**
 * The source pixels that a target pixel covers: the first one, and the shares of it and the next ones, summing to ONE.
 */
type Coverage = { readonly first: number; readonly shares: readonly number[] };

function coverage(from: number, to: number): Coverage[] {
  const step = from / to;
  return Array.from({ length: to }, (_, i) => {
    const low = i * step;
    const high = Math.min((i + 1) * step, from);
    const first = Math.floor(low);
    const shares: number[] = [];
    let left = ONE;
    for (let pixel = first; pixel + 1 < high; pixel++) {
      const part = Math.round((ONE * (pixel + 1 - Math.max(pixel, low))) / step);
      shares.push(part);
      left -= part;
    }
    shares.push(left);
    return { first, shares };
  });
}
