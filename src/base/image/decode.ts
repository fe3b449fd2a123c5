import { ImageError } from "../core/index.ts";
import { decodeBmp } from "./bmp.ts";
import { DEFAULT_MAX_BYTES, DEFAULT_MAX_PIXELS, type DecodeLimits } from "./image-size.ts";
import { decodePnm } from "./pnm.ts";
import type { RgbImage } from "./rgb-image.ts";
import { decodeWithSharp } from "./sharp.ts";

/** A picture's format, by its first bytes. */
export type ImageFormat = "jpeg" | "png" | "webp" | "gif" | "tiff" | "bmp" | "pnm";

const PREFIXES: readonly (readonly [format: ImageFormat, prefix: string])[] = [
  ["jpeg", "\xff\xd8\xff"],
  ["png", "\x89PNG\r\n\x1a\n"],
  ["gif", "GIF87a"],
  ["gif", "GIF89a"],
  ["tiff", "II*\0"],
  ["tiff", "MM\0*"],
  ["bmp", "BM"],
  ["pnm", "P2"],
  ["pnm", "P3"],
  ["pnm", "P5"],
  ["pnm", "P6"],
];

/** The format that the first bytes announce, or undefined when it is none of the known ones. */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 12));
  if (start.startsWith("RIFF") && start.endsWith("WEBP")) return "webp";
  return PREFIXES.find(([, prefix]) => start.startsWith(prefix))?.[0];
}

/**
 * Decodes a picture to RGB: JPEG, PNG, WebP, GIF and TIFF (first frame), BMP, PGM and PPM, told apart by their
 * first bytes. Nothing else is tried: libvips alone would also render SVG, which can name files and addresses.
 *
 * The EXIF orientation is applied; an embedded color profile is converted to sRGB; gray becomes three equal channels;
 * an alpha channel is dropped, as PIL's `convert("RGB")` and OpenCV's `imread` do.
 *
 * @throws {ImageError} when the bytes are no such picture, are damaged or cut off, or are outside the limits.
 */
export async function decodeImage(bytes: Uint8Array, limits: DecodeLimits = {}): Promise<RgbImage> {
  const { maxBytes = DEFAULT_MAX_BYTES, maxPixels = DEFAULT_MAX_PIXELS } = limits;
  if (bytes.length > maxBytes) {
    throw new ImageError(`image: got ${bytes.length} bytes, expected at most ${maxBytes} (option maxBytes)`);
  }
  const format = imageFormat(bytes);
  if (format === undefined) {
    const got = bytes.length === 0 ? "no bytes" : `bytes that start ${hex(bytes.subarray(0, 4))}`;
    throw new ImageError(`image: got ${got}, expected JPEG, PNG, WebP, GIF, TIFF, BMP, PGM or PPM`);
  }
  if (format === "pnm") return decodePnm(bytes, maxPixels);
  if (format === "bmp") return decodeBmp(bytes, maxPixels);
  return decodeWithSharp(bytes, format, maxPixels);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
