import type { RgbImage } from "../../base/image/index.ts";
import { bump, clamp } from "./arithmetic.ts";
import type { Photo } from "./conditions.ts";
import type { Canvas } from "./surroundings.ts";

/**
 * Converts linear light to an 8-bit image as a camera does: blur of the lens, white balance, exposure, the response
 * curve (a square root, close to sRGB's 2.2), contrast and saturation, and noise. Overwrites the canvas.
 *
 * @param unit pixels of this image per pixel of a crop 112 high; the blur grows with it.
 * @param noiseSeed seed of the noise.
 */
export function photograph(canvas: Canvas, photo: Photo, unit: number, noiseSeed: number): RgbImage {
  const { width, height, data } = canvas;
  blur(canvas, photo.blur * unit);
  const film = new Film(photo, noiseSeed);
  const pixels = new Uint8Array(3 * width * height);
  for (let row = 0; row < height; row++) {
    const [first, end] = [3 * row * width, 3 * (row + 1) * width];
    film.develop(data.subarray(first, end), pixels.subarray(first, end));
  }
  return { width, height, data: pixels };
}

/** Converts light to bytes, row by row: V8 does not optimize a loop over a whole image that runs only once. */
class Film {
  readonly #redGain: number;
  readonly #greenGain: number;
  readonly #blueGain: number;
  readonly #contrast: number;
  readonly #saturation: number;
  readonly #noise: number;
  #state: number;

  constructor({ exposure, contrast, saturation, warmth, tint, noise }: Photo, noiseSeed: number) {
    // 2^x by its Taylor polynomial: precise enough for one stop, and the same bits everywhere.
    const x = exposure * Math.LN2;
    const gain = 1 + x * (1 + (x / 2) * (1 + (x / 3) * (1 + (x / 4) * (1 + x / 5))));
    this.#redGain = gain * (1 + 0.3 * warmth + 0.1 * tint);
    this.#greenGain = gain * (1 - 0.12 * tint);
    this.#blueGain = gain * (1 - 0.35 * warmth + 0.1 * tint);
    this.#contrast = 1 + contrast;
    this.#saturation = 1 + saturation;
    // The sum of two uniform numbers in [−½, ½) has variance 1/6.
    this.#noise = (noise * Math.sqrt(6)) / 65536;
    this.#state = noiseSeed | 1;
  }

  develop(light: Float32Array, pixels: Uint8Array): void {
    const contrast = this.#contrast;
    const color = contrast * this.#saturation;
    const noise = this.#noise;
    let state = this.#state;
    for (let at = 0; at < pixels.length; at += 3) {
      const red = response(light[at]! * this.#redGain);
      const green = response(light[at + 1]! * this.#greenGain);
      const blue = response(light[at + 2]! * this.#blueGain);
      const gray = 0.299 * red + 0.587 * green + 0.114 * blue;
      const middle = (gray - MIDDLE_GRAY) * contrast + MIDDLE_GRAY + 0.5;
      state = scramble(state);
      pixels[at] = clamp(middle + (red - gray) * color + grain(state) * noise, 0, 255);
      state = scramble(state);
      pixels[at + 1] = clamp(middle + (green - gray) * color + grain(state) * noise, 0, 255);
      state = scramble(state);
      pixels[at + 2] = clamp(middle + (blue - gray) * color + grain(state) * noise, 0, 255);
    }
    this.#state = state;
  }
}

/** The gray level that contrast does not change, 0–255. */
const MIDDLE_GRAY = 118;

/** Marsaglia's xorshift32: the next of 2³² − 1 states. */
function scramble(state: number): number {
  let next = state;
  next ^= next << 13;
  next ^= next >>> 17;
  return next ^ (next << 5);
}

/** The sum of the two halves of the state, minus its mean. */
function grain(state: number): number {
  return (state & 0xffff) + (state >>> 16) - 0xffff;
}

/** Square root with a shoulder that keeps highlights below white. */
function response(light: number): number {
  const root = Math.sqrt(Math.max(light, 0));
  return root < 0.75 ? 255 * root : 255 * (1 - 0.0625 / (root - 0.5));
}

/** Separable blur by a bell of the given radius in pixels; pixels at the border are repeated. */
function blur({ width, height, data }: Canvas, radius: number): void {
  if (radius < 0.3) return;
  const reach = Math.ceil(radius + 0.5);
  const bell = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => {
    return bump(((i - reach) * (i - reach)) / ((radius + 0.5) * (radius + 0.5)));
  });
  const sum = bell.reduce((total, weight) => total + weight, 0);
  const kernel = bell.map((weight) => weight / sum);
  const line = new Float32Array(3 * Math.max(width, height));
  for (let y = 0; y < height; y++) blurLine(data, 3 * y * width, 3, width, kernel, line);
  for (let x = 0; x < width; x++) blurLine(data, 3 * x, 3 * width, height, kernel, line);
}

function blurLine(
  data: Float32Array,
  start: number,
  stride: number,
  count: number,
  kernel: Float64Array,
  line: Float32Array,
): void {
  const reach = (kernel.length - 1) / 2;
  for (let i = 0, at = start; i < count; i++, at += stride) {
    line[3 * i] = data[at]!;
    line[3 * i + 1] = data[at + 1]!;
    line[3 * i + 2] = data[at + 2]!;
  }
  for (let i = 0, at = start; i < count; i++, at += stride) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let k = 0; k < kernel.length; k++) {
      const from = 3 * clamp(i + k - reach, 0, count - 1);
      const weight = kernel[k]!;
      red += weight * line[from]!;
      green += weight * line[from + 1]!;
      blue += weight * line[from + 2]!;
    }
    data[at] = red;
    data[at + 1] = green;
    data[at + 2] = blue;
  }
}
