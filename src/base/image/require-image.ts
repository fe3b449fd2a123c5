import { describeValue, ImageError, OptionError } from "../core/index.ts";
import type { RgbImage } from "./rgb-image.ts";

/**
 * Checks a decoded image: programs in JavaScript have no compiler that would.
 *
 * @param expected what the message says was expected.
 * @throws {OptionError} for anything else; the message names what was got.
 * @throws {ImageError} when its sides and data do not fit together.
 */
export function requireImage(value: unknown, expected = "an image { width, height, data }"): RgbImage {
  if (typeof value !== "object" || value === null) {
    throw new OptionError(`image: got ${describeValue(value)}, expected ${expected}`);
  }
  if (!("width" in value && "height" in value && "data" in value)) {
    const hint = value instanceof Promise ? ": await it first" : "";
    throw new OptionError(`image: got ${describeValue(value)}, expected ${expected}${hint}`);
  }
  const { width, height, data } = value;
  if (!(isSide(width) && isSide(height))) {
    throw new ImageError(`image: got sides ${width}×${height}, expected whole numbers of at least 1`);
  }
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) {
    throw new OptionError(`image: data: got ${describeValue(data)}, expected a Uint8Array of RGB levels`);
  }
  if (data.length !== 3 * width * height) {
    const hint = data.length === 4 * width * height ? ": leave out the alpha channel" : "";
    throw new ImageError(
      `image: got ${data.length} levels for ${width}×${height} pixels, expected ${3 * width * height} (RGB)${hint}`,
    );
  }
  return data instanceof Uint8Array ? (value as RgbImage) : { width, height, data: new Uint8Array(data) };
}

function isSide(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}
