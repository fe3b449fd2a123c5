import { describeValue, ImageError, OptionError, requireKnownKeys, requirePositive } from "../core/index.ts";
import { fileKind, imageFormat } from "../files/index.ts";
import { decodeBmp } from "./bmp.ts";
import type { CodecFormat } from "./codec.ts";
import { decodeSeconds, isQuick } from "./decode-cost.ts";
import { type ImageHeader, readHeader } from "./image-header.ts";
import { DEFAULT_LIMITS, type DecodeLimits, limitHint, requireSize } from "./image-size.ts";
import { withPlainExif } from "./plain-exif.ts";
import { codec } from "./platform.ts";
import { decodePnm } from "./pnm.ts";
import type { RgbImage } from "./rgb-image.ts";

let programLimits = DEFAULT_LIMITS;

/**
 * Sets the limits of this program, for every call that decodes images and states no others; of several threads, each
 * has its own. They protect the machine that the program runs on, so no single call can raise them by chance.
 * @param limits those that are left out keep their value.
 * @throws {OptionError} for a limit that does not exist, or is not a positive number.
 */
export function setDecodeLimits(limits: DecodeLimits): void {
  programLimits = withLimits(limits, "setDecodeLimits");
}

function withLimits(limits: DecodeLimits, caller: string): Required<DecodeLimits> {
  requireKnownKeys(`limits of ${caller}`, limits, {
    maxBytes: true,
    maxPixels: true,
    maxSide: true,
    maxAspect: true,
    maxSeconds: true,
  });
  const stated = Object.entries(limits).filter(([, limit]) => limit !== undefined);
  for (const [name, limit] of stated) requirePositive(name, limit);
  return { ...programLimits, ...Object.fromEntries(stated) };
}

/**
 * Decodes an image to RGB: JPEG, PNG, WebP, GIF, TIFF, AVIF and HEIC (first frame), BMP, PGM and PPM. The first bytes
 * decide the format, and nothing else is tried: libvips alone would also render SVG, which can name files and
 * addresses.
 *
 * The EXIF orientation is applied; an embedded color profile is converted to sRGB; gray becomes three equal channels;
 * an alpha channel is dropped, as PIL's `convert("RGB")` and OpenCV's `imread` do.
 *
 * @param limits what this image may cost; default those of {@link setDecodeLimits}.
 * @throws {ImageError} when the bytes are in another format, are damaged or cut off, or exceed the limits.
 * @throws {OptionError} for bytes that are not a Uint8Array, and for a limit that does not exist.
 */
export async function decodeImage(bytes: Uint8Array, limits: DecodeLimits = {}): Promise<RgbImage> {
  if (!(bytes instanceof Uint8Array)) {
    throw new OptionError(`image: got ${describeValue(bytes)}, expected the bytes of an image file, a Uint8Array`);
  }
  const all = withLimits(limits, "decodeImage");
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
  const seconds = header === undefined ? undefined : requireCost(format, header, bytes.length, all);
  return codec.decode(withPlainExif(bytes, format), format, all, seconds);
}

/**
 * Whether decoding may take more than a second, so that a caller should not let others wait for it. An image that is
 * refused by its header does not.
 */
export function isSlowToDecode(bytes: Uint8Array): boolean {
  const format = imageFormat(bytes);
  if (format === undefined || format === "pnm" || format === "bmp") return false;
  const header = readHeader(bytes, format);
  const seconds = header === undefined ? undefined : decodeSeconds(format, header, bytes.length);
  return !isQuick(seconds);
}

/** The most seconds that decoding takes. @throws {ImageError} when these, or the size, exceed the limits. */
function requireCost(
  format: CodecFormat,
  header: ImageHeader,
  byteCount: number,
  limits: Required<DecodeLimits>,
): number | undefined {
  const { width, height, passCount } = header;
  requireSize(format, width, height, limits);
  const seconds = decodeSeconds(format, header, byteCount);
  if (seconds === undefined || seconds <= limits.maxSeconds) return seconds;
  const scans = format === "jpeg" ? `${passCount} scan${passCount === 1 ? "" : "s"} of ` : "";
  throw new ImageError(
    `${format}: got ${scans}${width}×${height} pixels in ${byteCount} bytes, which may take ${Number(seconds.toPrecision(2))} s to ` +
      `decode, expected at most ${limits.maxSeconds} s (${limitHint("maxSeconds")})`,
  );
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
