import type { RgbImage } from "../../base/image/index.ts";

/** Shares are whole numbers of 1/32768: with sums of 8 + 8 bits they still fit in 31. */
const SHARE_BITS = 15;
const ONE = 1 << SHARE_BITS;
/** Fraction kept between the two passes, in bits. */
const KEPT_BITS = 8;

/**
 * Reduces a picture into the pixels of `target`: each is the mean of the rectangle it covers in `source`, parts of
 * pixels counted by their share (OpenCV's `INTER_AREA`). Columns first, then rows. `target` may not be the larger one.
 */
export function areaInto(source: RgbImage, target: RgbImage): void {
  const { data: input } = source;
  const { data: output } = target;
  const stride = 3 * target.width;
  const narrow = new Uint16Array(stride * source.height);
  const { first, ends, share } = shares(source.width, target.width);
  for (let y = 0; y < source.height; y++) {
    const row = 3 * y * source.width;
    for (let x = 0, to = y * stride; x < target.width; x++, to += 3) {
      let red = 0;
      let green = 0;
      let blue = 0;
      let from = row + 3 * first[x]!;
      const end = ends[x]!;
      for (let k = x === 0 ? 0 : ends[x - 1]!; k < end; k++, from += 3) {
        const part = share[k]!;
        red = (red + Math.imul(part, input[from]!)) | 0;
        green = (green + Math.imul(part, input[from + 1]!)) | 0;
        blue = (blue + Math.imul(part, input[from + 2]!)) | 0;
      }
      narrow[to] = red >> (SHARE_BITS - KEPT_BITS);
      narrow[to + 1] = green >> (SHARE_BITS - KEPT_BITS);
      narrow[to + 2] = blue >> (SHARE_BITS - KEPT_BITS);
    }
  }
  const rows = shares(source.height, target.height);
  for (let y = 0; y < target.height; y++) {
    const start = y === 0 ? 0 : rows.ends[y - 1]!;
    const end = rows.ends[y]!;
    for (let x = 0; x < stride; x++) {
      let sum = 1 << (SHARE_BITS + KEPT_BITS - 1);
      let from = rows.first[y]! * stride + x;
      for (let k = start; k < end; k++, from += stride) sum = (sum + Math.imul(rows.share[k]!, narrow[from]!)) | 0;
      output[y * stride + x] = sum >> (SHARE_BITS + KEPT_BITS);
    }
  }
}

/** For each target pixel the first source pixel it covers, and shares of that one and the next ones, summing to 1. */
function shares(from: number, to: number) {
  const first = new Int32Array(to);
  const ends = new Int32Array(to);
  const share = new Int32Array(from + 2 * to);
  const step = from / to;
  let count = 0;
  for (let i = 0; i < to; i++) {
    const low = i * step;
    const high = Math.min((i + 1) * step, from);
    const start = Math.floor(low);
    let left = ONE;
    first[i] = start;
    for (let pixel = start; pixel + 1 < high; pixel++) {
      const part = Math.round((ONE * (pixel + 1 - Math.max(pixel, low))) / step);
      share[count++] = part;
      left -= part;
    }
    share[count++] = left;
    ends[i] = count;
  }
  return { first, ends, share };
}
