import { decode } from "fast-bmp";
import { ImageError } from "../core/index.ts";
import { type DecodeLimits, requireSize } from "./image-size.ts";
import type { RgbImage } from "./rgb-image.ts";

/** Size of the file header and the V5 information header that fast-bmp expects in front of the pixels. */
const HEADER_BYTES = 14 + 124;
const NO_COMPRESSION = 0;
const BIT_FIELDS = 3;
const STANDARD_MASKS = [0x00ff0000, 0x0000ff00, 0x000000ff];

/**
 * Decodes Windows bitmaps of 1, 8, 24 and 32 bits a pixel, bottom-up or top-down, without compression. fast-bmp unpacks
 * the rows, but reads only V5 headers, bottom-up rows and no palette; so this function puts a V5 header before the
 * pixels, and applies palette and row order itself.
 */
export function decodeBmp(bytes: Uint8Array, limits: Required<DecodeLimits>): RgbImage {
  if (bytes.length < 54) throw new ImageError(`bmp: got ${bytes.length} bytes, expected a header of at least 54`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pixelOffset = view.getUint32(10, true);
  const headerBytes = view.getUint32(14, true);
  if (headerBytes < 40) throw new ImageError(`bmp: got an OS/2 header of ${headerBytes} bytes, expected 40 or more`);
  const width = view.getInt32(18, true);
  const signedHeight = view.getInt32(22, true);
  const height = Math.abs(signedHeight);
  requireSize("bmp", width, height, limits);
  const bitsPerPixel = view.getUint16(28, true);
  if (![1, 8, 24, 32].includes(bitsPerPixel)) {
    throw new ImageError(`bmp: got ${bitsPerPixel} bits a pixel, expected 1, 8, 24 or 32`);
  }
  const compression = view.getUint32(30, true);
  const hasMasks = compression === BIT_FIELDS && bitsPerPixel === 32 && bytes.length >= 66;
  const standard = hasMasks && STANDARD_MASKS.every((mask, i) => view.getUint32(54 + 4 * i, true) === mask);
  if (compression !== NO_COMPRESSION && !standard) {
    throw new ImageError(`bmp: got compression ${compression}, expected none (0) or 8-bit RGB fields (3)`);
  }
  const pixelBytes = height * 4 * Math.ceil((width * bitsPerPixel) / 32);
  if (pixelOffset + pixelBytes > bytes.length) {
    throw new ImageError(`bmp: got ${bytes.length} bytes, expected ${pixelOffset + pixelBytes}: cut off?`);
  }

  const pixels = bytes.subarray(pixelOffset, pixelOffset + pixelBytes);
  const unpacked = decode(withV5Header(pixels, width, height, bitsPerPixel));
  const samples = unpacked.data as Uint8Array;
  const stride = unpacked.channels;
  const palette = bitsPerPixel <= 8 ? readPalette(bytes, 14 + headerBytes, pixelOffset) : undefined;
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    const fromRow = signedHeight < 0 ? height - 1 - y : y;
    for (let x = 0; x < width; x++) {
      const from = (fromRow * width + x) * stride;
      const to = 3 * (y * width + x);
      const table = palette ?? samples;
      const at = palette ? 3 * (samples[from] ?? 0) : from;
      for (let channel = 0; channel < 3; channel++) data[to + channel] = table[at + channel] ?? 0;
    }
  }
  return { width, height, data };
}

function withV5Header(pixels: Uint8Array, width: number, height: number, bitsPerPixel: number): Uint8Array {
  const file = new Uint8Array(HEADER_BYTES + pixels.length);
  const view = new DataView(file.buffer);
  file.set([0x42, 0x4d]);
  view.setUint32(10, HEADER_BYTES, true);
  view.setUint32(14, HEADER_BYTES - 14, true);
  view.setUint32(18, width, true);
  view.setUint32(22, height, true);
  view.setUint16(28, bitsPerPixel, true);
  STANDARD_MASKS.forEach((mask, i) => {
    view.setUint32(54 + 4 * i, mask, true);
  });
  file.set(pixels, HEADER_BYTES);
  return file;
}

/** Palette entries (blue, green, red, unused) between the header and the pixels, as RGB triples. */
function readPalette(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const colorCount = Math.max(0, Math.min(256, (end - start) >> 2));
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, 4 * colorCount);
  return Uint8Array.from({ length: 3 * colorCount }, (_, i) => view.getUint8(4 * Math.floor(i / 3) + 2 - (i % 3)));
}
