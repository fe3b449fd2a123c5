import { ImageError } from "../core/index.ts";

/**
 * Limits on what one image may cost. Sizes come from the header, before anything is decoded: a few bytes can claim
 * gigabytes.
 */
export type DecodeLimits = {
  /** Most encoded bytes; default 64 MiB. */
  readonly maxBytes?: number;
  /** Most pixels (width · height); default 50 million, 150 MB of RGB. */
  readonly maxPixels?: number;
  /** Longest side in pixels; default 65,535, which is JPEG's own limit. */
  readonly maxSide?: number;
  /** Largest ratio of the longer side to the shorter one; default 1000. */
  readonly maxAspect?: number;
  /**
   * Longest time that decoding may take, seconds; default 30. An image that would take longer is refused by its header,
   * and a decoder that takes longer is ended.
   */
  readonly maxSeconds?: number;
};

export const DEFAULT_LIMITS: Required<DecodeLimits> = {
  maxBytes: 64 * 2 ** 20,
  maxPixels: 50_000_000,
  maxSide: 65_535,
  maxAspect: 1000,
  maxSeconds: 30,
};

/** How a limit is raised, in words for messages: in a program, and on the command line. */
export function limitHint(name: keyof DecodeLimits): string {
  return `option ${name}, flag --${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Throws unless a header's width and height are positive and within the limits. Called before pixels are allocated. */
export function requireSize(format: string, width: number, height: number, limits: Required<DecodeLimits>): void {
  const { maxPixels, maxSide, maxAspect } = limits;
  if (!Number.isSafeInteger(width) || !Number.isSafeInteger(height) || width < 1 || height < 1) {
    throw new ImageError(`${format}: got a size of ${width}×${height}, expected at least 1×1`);
  }
  const refuse = (limit: string): never => {
    throw new ImageError(`${format}: got an image of ${width}×${height} pixels, expected ${limit}`);
  };
  if (width * height > maxPixels) refuse(`at most ${maxPixels} pixels (${limitHint("maxPixels")})`);
  if (Math.max(width, height) > maxSide) refuse(`sides of at most ${maxSide} (${limitHint("maxSide")})`);
  if (Math.max(width / height, height / width) > maxAspect) {
    refuse(`a longer side of at most ${maxAspect} times the shorter one (${limitHint("maxAspect")})`);
  }
}
