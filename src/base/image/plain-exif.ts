/**
 * Replaces the EXIF block of an image file by one that holds the orientation alone. libvips reads the whole block,
 * and follows pointers of a directory to itself: 60 kB of them cost it 15 seconds, in which the decoder cannot be
 * stopped.
 */
import { joinBytes } from "../core/index.ts";
import type { CodecFormat } from "./codec.ts";
import { jpegSegments } from "./image-header.ts";

/** The same image with plain EXIF; the bytes themselves if there is nothing to replace. */
export function withPlainExif(bytes: Uint8Array, format: CodecFormat): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === "jpeg") return plainJpeg(bytes, view);
  if (format === "png") return plainPng(bytes, view);
  if (format === "webp") return plainWebp(bytes, view);
  return format === "avif" ? plainIso(bytes, view) : bytes;
}

const APP1 = 0xe1;
const START_OF_SCAN = 0xda;
const EXIF = [0x45, 0x78, 0x69, 0x66, 0, 0] as const;

function plainJpeg(bytes: Uint8Array, view: DataView): Uint8Array {
  const pieces: Uint8Array[] = [];
  let kept = 0;
  for (const [marker, start, length] of jpegSegments(view)) {
    if (marker === START_OF_SCAN) break;
    const isExif = marker === APP1 && EXIF.every((byte, i) => i < length && bytes[start + i] === byte);
    if (!isExif) continue;
    const exif = plainExif(orientationOf(bytes.subarray(start + EXIF.length, start + length)));
    const size = 2 + EXIF.length + exif.length;
    pieces.push(bytes.subarray(kept, start - 4), Uint8Array.of(0xff, APP1, size >> 8, size & 0xff, ...EXIF), exif);
    kept = start + length;
  }
  return pieces.length === 0 ? bytes : joinBytes([...pieces, bytes.subarray(kept)]);
}

/** PNG: length, name, data, checksum. A file without its `eXIf` chunk is the same image, but for the orientation. */
function plainPng(bytes: Uint8Array, view: DataView): Uint8Array {
  const pieces: Uint8Array[] = [];
  let kept = 0;
  let at = 8;
  while (at + 12 <= bytes.length) {
    const [length, name] = [view.getUint32(at), view.getUint32(at + 4)];
    if (name === 0x6558_4966) {
      const orientation = orientationOf(bytes.subarray(at + 8, at + 8 + length));
      pieces.push(bytes.subarray(kept, at), pngChunk(plainExif(orientation)));
      kept = at + 12 + length;
    }
    at += 12 + length;
  }
  return pieces.length === 0 ? bytes : joinBytes([...pieces, bytes.subarray(kept)]);
}

/** WebP: RIFF, whose size is at byte 4; chunks of name, size, data up to an even length. */
function plainWebp(bytes: Uint8Array, view: DataView): Uint8Array {
  const pieces: Uint8Array[] = [];
  let kept = 0;
  let at = 12;
  while (at + 8 <= bytes.length) {
    const [name, length] = [view.getUint32(at), view.getUint32(at + 4, true)];
    const padded = length + (length & 1);
    if (name === 0x4558_4946) {
      const exif = plainExif(orientationOf(withoutMark(bytes.subarray(at + 8, at + 8 + length))));
      pieces.push(bytes.subarray(kept, at + 4), uint32(exif.length), exif);
      kept = at + 8 + padded;
    }
    at += 8 + padded;
  }
  if (pieces.length === 0) return bytes;
  const joined = joinBytes([...pieces, bytes.subarray(kept)]);
  joined.set(uint32(joined.length - 8), 4);
  return joined;
}

/**
 * AVIF keeps its orientation outside of EXIF; a list of items names the block by its type, "Exif", which is blanked.
 */
function plainIso(bytes: Uint8Array, view: DataView): Uint8Array {
  const end = metadataEnd(view);
  let plain: Uint8Array | undefined;
  for (let at = 0; at + 4 <= end; at++) {
    if (view.getUint32(at) !== 0x4578_6966) continue;
    plain ??= Uint8Array.from(bytes);
    plain.fill(0x20, at, at + 4);
  }
  return plain ?? bytes;
}

/** End of the last metadata box on the top level: item types are nowhere else. */
function metadataEnd(view: DataView): number {
  let end = 0;
  let at = 0;
  while (at + 8 <= view.byteLength) {
    const size = view.getUint32(at);
    if (view.getUint32(at + 4) === 0x6d65_7461) end = Math.min(view.byteLength, at + size);
    if (size < 8) break;
    at += size;
  }
  return end;
}

/** Some writers put JPEG's "Exif\0\0" before the block. */
function withoutMark(block: Uint8Array): Uint8Array {
  return EXIF.every((byte, i) => block[i] === byte) ? block.subarray(EXIF.length) : block;
}

const [ORIENTATION, SHORT] = [0x0112, 3];
/** Most entries of a directory that are looked at. */
const MOST_ENTRIES = 1000;

/**
 * The orientation in an EXIF block, 1–8; 1 if it has none. The block is a TIFF header with directories of entries.
 */
export function orientationOf(block: Uint8Array): number {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  if (block.length < 8) return 1;
  const isLittle = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, isLittle);
  if (directory + 2 > block.length) return 1;
  const count = Math.min(MOST_ENTRIES, view.getUint16(directory, isLittle));
  for (let i = 0; i < count; i++) {
    const at = directory + 2 + 12 * i;
    if (at + 12 > block.length) return 1;
    if (view.getUint16(at, isLittle) !== ORIENTATION || view.getUint16(at + 2, isLittle) !== SHORT) continue;
    const orientation = view.getUint16(at + 8, isLittle);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
  }
  return 1;
}

/** An EXIF block of one directory with one entry. */
function plainExif(orientation: number): Uint8Array {
  const header = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8];
  const entry = [ORIENTATION >> 8, ORIENTATION & 0xff, 0, SHORT, 0, 0, 0, 1, 0, orientation, 0, 0];
  return Uint8Array.from([...header, 0, 1, ...entry, 0, 0, 0, 0]);
}

function pngChunk(data: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(12 + data.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  view.setUint32(4, 0x6558_4966);
  chunk.set(data, 8);
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)));
  return chunk;
}

/** The CRC-32 of PNG, bit by bit: the chunk is short. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0);
  }
  return ~crc >>> 0;
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
