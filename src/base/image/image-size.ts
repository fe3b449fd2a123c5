import { ImageError } from "../core/index.ts";

/** Limits that are checked before pixels are allocated, since a few bytes can claim gigabytes. */
export type DecodeLimits = {
  /** Most encoded bytes; default 64 MiB. */
  readonly maxBytes?: number;
  /** Most pixels (width · height); default 50 million, 150 MB of RGB. */
  readonly maxPixels?: number;
};

export const DEFAULT_MAX_BYTES = 64 * 2 ** 20;
export const DEFAULT_MAX_PIXELS = 50_000_000;

/** Throws unless a header's width and height are positive and within the limit. Called before pixels are allocated. */
export function requireSize(format: string, width: number, height: number, maxPixels: number): void {
  if (!Number.isSafeInteger(width) || !Number.isSafeInteger(height) || width < 1 || height < 1) {
    throw new ImageError(`${format}: got a size of ${width}×${height}, expected at least 1×1`);
  }
  if (width * height > maxPixels) {
    throw new ImageError(`${format}: got ${width}×${height} pixels, expected at most ${maxPixels} (option maxPixels)`);
  }
}
