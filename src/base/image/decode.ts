import { ImageError } from "../core/index.ts";
import { fileKind, imageFormat } from "../files/index.ts";
import { decodeBmp } from "./bmp.ts";
import { type ImageHeader, readHeader } from "./image-header.ts";
import { DEFAULT_LIMITS, type DecodeLimits, requireSize } from "./image-size.ts";
import { withPlainExif } from "./plain-exif.ts";
import { codec } from "./platform.ts";
import { decodePnm } from "./pnm.ts";
import type { RgbImage } from "./rgb-image.ts";

/**
 * Decodes an image to RGB: JPEG, PNG, WebP, GIF, TIFF, AVIF and HEIC (first frame), BMP, PGM and PPM. The first bytes
 * decide the format, and nothing else is tried: libvips alone would also render SVG, which can name files and
 * addresses.
 *
 * The EXIF orientation is applied; an embedded color profile is converted to sRGB; gray becomes three equal channels;
 * an alpha channel is dropped, as PIL's `convert("RGB")` and OpenCV's `imread` do.
 *
 * @throws {ImageError} when the bytes are in another format, are damaged or cut off, or exceed the limits.
 */
export async function decodeImage(bytes: Uint8Array, limits: DecodeLimits = {}): Promise<RgbImage> {
  const all: Required<DecodeLimits> = { ...DEFAULT_LIMITS, ...limits };
  if (bytes.length > all.maxBytes) {
    throw new ImageError(`image: got ${bytes.length} bytes, expected at most ${all.maxBytes} (option maxBytes)`);
  }
  const format = imageFormat(bytes);
  if (format === undefined) {
    const expected = "expected JPEG, PNG, WebP, GIF, TIFF, AVIF, HEIC, BMP, PGM or PPM";
    throw new ImageError(`image: got ${describe(bytes)}, ${expected}`);
  }
  if (format === "pnm") return decodePnm(bytes, all);
  if (format === "bmp") return decodeBmp(bytes, all);
  const header = readHeader(bytes, format);
  if (header !== undefined) requireCost(format, header, all);
  return codec.decode(withPlainExif(bytes, format), format, all);
}

/** Passes over an image of the largest size that decoding may take: progressive photographs have about ten scans. */
const MOST_PASSES = 20;
/** Passes that any image may take, however large. */
const USUAL_PASSES = 12;

function requireCost(format: string, { width, height, passCount }: ImageHeader, limits: Required<DecodeLimits>): void {
  requireSize(format, width, height, limits);
  if (passCount <= USUAL_PASSES || passCount * width * height <= MOST_PASSES * limits.maxPixels) return;
  const most = Math.floor((MOST_PASSES * limits.maxPixels) / (width * height));
  throw new ImageError(`${format}: got ${passCount} scans of ${width}×${height} pixels, expected at most ${most}`);
}

/** Names a file that is not read as an image by its first bytes. */
function describe(bytes: Uint8Array): string {
  const kind = fileKind(bytes);
  if (kind === "unknown file") return `bytes that start ${hex(bytes.subarray(0, 4))}`;
  return /^([aeiou]|SVG|HTML)/i.test(kind) ? `an ${kind}` : `a ${kind}`;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
