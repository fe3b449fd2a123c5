import { ImageError } from "../core/index.ts";
import { type DecodeLimits, requireSize } from "./image-size.ts";
import type { RgbImage } from "./rgb-image.ts";

/**
 * Decodes Netpbm's PGM and PPM, in text (P2, P3) or bytes (P5, P6): a magic, then width, height and the largest value
 * as decimal text with `#` comments, one white-space character, then samples row by row. Values above 255 take two
 * bytes, high byte first. The old face collections (ORL, Yale) come as PGM.
 *
 * @see https://netpbm.sourceforge.net/doc/ppm.html
 */
export function decodePnm(bytes: Uint8Array, limits: Required<DecodeLimits>): RgbImage {
  const magic = (bytes[1] ?? 0) - 0x30;
  const channelCount = magic === 3 || magic === 6 ? 3 : 1;
  const format = channelCount === 3 ? "ppm" : "pgm";
  const text = new NumberText(bytes, 2, format);
  const width = text.next();
  const height = text.next();
  requireSize(format, width, height, limits);
  const maximum = text.next();
  if (maximum < 1 || maximum > 65535) {
    throw new ImageError(`${format}: got a largest value of ${maximum}, expected 1–65535`);
  }
  const sampleCount = width * height * channelCount;
  const isText = magic <= 3;
  const sampleBytes = maximum > 255 ? 2 : 1;
  const start = text.offset + 1;
  const expected = isText ? 2 * sampleCount - 1 : sampleCount * sampleBytes;
  if (bytes.length - start < expected) {
    throw new ImageError(`${format}: got ${bytes.length - start} bytes of samples, expected ${expected}: cut off?`);
  }

  const data = new Uint8Array(3 * width * height);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < sampleCount; i++) {
    const at = start + i * sampleBytes;
    const value = isText ? text.next() : sampleBytes === 2 ? view.getUint16(at) : view.getUint8(at);
    const level = Math.round((Math.min(value, maximum) * 255) / maximum);
    if (channelCount === 3) data[i] = level;
    else data.fill(level, 3 * i, 3 * i + 3);
  }
  return { width, height, data };
}

/** Reads whole numbers from text with white space and `#` comments between them. */
class NumberText {
  readonly #bytes: Uint8Array;
  readonly #format: string;
  /** Offset of the byte after the last number. */
  offset: number;

  constructor(bytes: Uint8Array, offset: number, format: string) {
    this.#bytes = bytes;
    this.offset = offset;
    this.#format = format;
  }

  next(): number {
    const bytes = this.#bytes;
    for (; this.offset < bytes.length; this.offset++) {
      const byte = bytes[this.offset];
      if (byte === 0x23) while (this.offset < bytes.length && bytes[this.offset] !== 0x0a) this.offset++;
      else if (!isSpace(byte)) break;
    }
    const start = this.offset;
    let value = 0;
    for (let byte = bytes[start]; isDigit(byte); byte = bytes[++this.offset]) {
      value = Math.min(value * 10 + byte - 0x30, 1e9);
    }
    if (this.offset === start) throw new ImageError(`${this.#format}: no number at byte ${start}: cut off?`);
    return value;
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}

function isDigit(byte: number | undefined): byte is number {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
