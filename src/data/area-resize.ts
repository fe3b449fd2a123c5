import type { RgbImage } from "../image/index.ts";

/**
 * Reduces a picture into the pixels of `target`: each is the mean of the rectangle it covers in `source`, parts of
 * pixels counted by their share (OpenCV's `INTER_AREA`). Columns first, then rows.
 */
export function areaInto(source: RgbImage, target: RgbImage): void {
  const narrow = new Float32Array(3 * target.width * source.height);
  const columns = shares(source.width, target.width);
  for (let y = 0; y < source.height; y++) {
    for (let x = 0; x < target.width; x++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      let from = 3 * (y * source.width + columns.first[x]!);
      for (let k = columns.offset[x]!; k < columns.offset[x + 1]!; k++, from += 3) {
        const share = columns.share[k]!;
        red += share * source.data[from]!;
        green += share * source.data[from + 1]!;
        blue += share * source.data[from + 2]!;
      }
      const to = 3 * (y * target.width + x);
      narrow[to] = red;
      narrow[to + 1] = green;
      narrow[to + 2] = blue;
    }
  }
  const rows = shares(source.height, target.height);
  const stride = 3 * target.width;
  for (let y = 0; y < target.height; y++) {
    for (let x = 0; x < stride; x++) {
      let sum = 0.5;
      let from = rows.first[y]! * stride + x;
      for (let k = rows.offset[y]!; k < rows.offset[y + 1]!; k++, from += stride) sum += rows.share[k]! * narrow[from]!;
      target.data[y * stride + x] = sum;
    }
  }
}

/** Which source pixels each target pixel covers, and what share of it each makes up; shares of a pixel sum to 1. */
function shares(from: number, to: number) {
  const first = new Int32Array(to);
  const offset = new Int32Array(to + 1);
  const share: number[] = [];
  const step = from / to;
  for (let i = 0; i < to; i++) {
    const low = i * step;
    const high = Math.min((i + 1) * step, from);
    first[i] = Math.floor(low);
    for (let pixel = first[i]!; pixel < high; pixel++) {
      share.push((Math.min(pixel + 1, high) - Math.max(pixel, low)) / step);
    }
    offset[i + 1] = share.length;
  }
  return { first, offset, share };
}
