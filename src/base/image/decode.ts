import { ImageError } from "../core/index.ts";
import { imageFormat } from "../files/index.ts";
import { decodeBmp } from "./bmp.ts";
import { DEFAULT_MAX_BYTES, DEFAULT_MAX_PIXELS, type DecodeLimits } from "./image-size.ts";
import { codec } from "./platform.ts";
import { decodePnm } from "./pnm.ts";
import type { RgbImage } from "./rgb-image.ts";

/**
 * Decodes an image to RGB: JPEG, PNG, WebP, GIF and TIFF (first frame), BMP, PGM and PPM. The first bytes decide the
 * format, and nothing else is tried: libvips alone would also render SVG, which can name files and addresses.
 *
 * The EXIF orientation is applied; an embedded color profile is converted to sRGB; gray becomes three equal channels;
 * an alpha channel is dropped, as PIL's `convert("RGB")` and OpenCV's `imread` do.
 *
 * @throws {ImageError} when the bytes are in another format, are damaged or cut off, or exceed the limits.
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
  return codec.decode(bytes, format, maxPixels);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
