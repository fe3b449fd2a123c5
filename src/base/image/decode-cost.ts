/**
 * How long decoding takes at most, from the header alone. A few bytes can announce hours: a scan of a progressive JPEG
 * is a pass over the whole image, and its header of ten bytes may be repeated a million times.
 *
 * The rates are bounds: libvips 8.18 took 1.2 to 3 times less on one core of a server, for flat images, gradients and
 * noise of 2.6 megapixels in each kind of file: progressive and sequential, 4:2:0 and 4:4:4, 8 and 16 bits, interlaced
 * or not, lossy and lossless.
 */
import type { CodecFormat } from "./codec.ts";
import type { ImageHeader } from "./image-header.ts";

/** Nanoseconds for each pixel of a pass, for each pixel once, and for each byte of the file. */
type Rates = { readonly pass: number; readonly pixel: number; readonly byte: number };

const rates: Partial<Readonly<Record<CodecFormat, Rates>>> = {
  jpeg: { pass: 3, pixel: 10, byte: 25 },
  png: { pass: 4, pixel: 4, byte: 5 },
  gif: { pass: 0, pixel: 15, byte: 15 },
  webp: { pass: 0, pixel: 30, byte: 60 },
};

/**
 * The most seconds that decoding takes on one core; undefined for formats whose header does not say it: tiles of TIFF
 * and items of AVIF may overlap, repeat, or be larger than they announce.
 */
export function decodeSeconds(format: CodecFormat, header: ImageHeader, byteCount: number): number | undefined {
  const known = rates[format];
  if (known === undefined) return undefined;
  const { width, height, passCount } = header;
  return 1e-9 * (width * height * (known.pixel + known.pass * passCount) + known.byte * byteCount);
}

/** Seconds that an image may hold a thread that other images wait for. */
const QUICK_SECONDS = 1;

/** Whether an image is decoded beside others: it is known to take little time. */
export function isQuick(seconds: number | undefined): boolean {
  return seconds !== undefined && seconds <= QUICK_SECONDS;
}
