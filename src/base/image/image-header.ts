/**
 * What the header of an image says about the cost of decoding it, read in TypeScript before a decoder sees the file.
 * Only the header's few bytes are followed, each step forward, so this takes microseconds whatever the bytes are.
 */
import type { CodecFormat } from "./codec.ts";

/** Costs that a header announces. */
export type ImageHeader = {
  readonly width: number;
  readonly height: number;
  /**
   * Passes over the whole image that decoding takes: scans of a JPEG; bytes of a PNG's pixel, and twice as many if it
   * is interlaced; else 1.
   */
  readonly passCount: number;
};

/** Reads the header; undefined if it is damaged, or in a form that only the decoder knows. */
export function readHeader(bytes: Uint8Array, format: CodecFormat): ImageHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return readers[format](view);
  } catch (error) {
    if (error instanceof RangeError) return undefined; // The file ends within its header.
    throw error;
  }
}

const once = (width: number, height: number): ImageHeader => ({ width, height, passCount: 1 });

const readers: Readonly<Record<CodecFormat, (view: DataView) => ImageHeader | undefined>> = {
  jpeg: readJpeg,
  png: readPng,
  gif: readGif,
  webp: readWebp,
  tiff: readTiff,
  avif: readIso,
  heic: readIso,
};

/**
 * Segments of a JPEG file: [marker, offset of the content, its length]. After a scan's header, its data are passed
 * over.
 */
export function* jpegSegments(view: DataView): Generator<readonly [marker: number, start: number, length: number]> {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  let at = 2;
  for (;;) {
    // Past data of a scan, or stray bytes between markers, which decoders pass over too.
    at = bytes.indexOf(0xff, at);
    if (at < 0 || at + 4 > bytes.length) return;
    const marker = view.getUint8(at + 1);
    // Fill bytes, escaped data, restarts and markers without content.
    if (marker === 0xff) at += 1;
    else if (marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else if (marker === 0xd9) return;
    else {
      const length = view.getUint16(at + 2);
      if (length < 2) return;
      yield [marker, at + 4, length - 2];
      at += 2 + length;
    }
  }
}

const START_OF_SCAN = 0xda;

function readJpeg(view: DataView): ImageHeader | undefined {
  let size: { readonly width: number; readonly height: number } | undefined;
  let scanCount = 0;
  for (const [marker, start] of jpegSegments(view)) {
    // Frames 0xc0 … 0xcf, but for tables (c4), extensions (c8) and arithmetic conditioning (cc).
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) size ??= { width: view.getUint16(start + 3), height: view.getUint16(start + 1) };
    // Also of a sequential image, which has one for each component: decoders read every repetition.
    if (marker === START_OF_SCAN) scanCount++;
  }
  return size === undefined ? undefined : { ...size, passCount: Math.max(1, scanCount) };
}

/** Samples of a pixel, by the color type. */
const PNG_SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Bytes of a pixel that each image is expanded to, at least. */
const RGB_BYTES = 3;

function readPng(view: DataView): ImageHeader {
  const pixelBytes = ((PNG_SAMPLES[view.getUint8(25)] ?? 4) * view.getUint8(24)) / 8;
  const isInterlaced = view.getUint8(28) !== 0;
  return {
    width: view.getUint32(16),
    height: view.getUint32(20),
    passCount: Math.max(RGB_BYTES, pixelBytes) * (isInterlaced ? 2 : 1),
  };
}

/** The larger of the screen and the first frame. */
function readGif(view: DataView): ImageHeader | undefined {
  const screen = { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  const flags = view.getUint8(10);
  let at = 13 + (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  while (view.getUint8(at) === 0x21) {
    at += 2;
    for (let size = view.getUint8(at); size > 0; size = view.getUint8(at)) at += 1 + size;
    at += 1;
  }
  if (view.getUint8(at) !== 0x2c) return undefined;
  const frame = { width: view.getUint16(at + 5, true), height: view.getUint16(at + 7, true) };
  return once(Math.max(screen.width, frame.width), Math.max(screen.height, frame.height));
}

function readWebp(view: DataView): ImageHeader | undefined {
  const chunk = view.getUint32(12);
  if (chunk === 0x5650_3858) return once(uint24(view, 24) + 1, uint24(view, 27) + 1); // VP8X
  if (chunk === 0x5650_3820) return once(view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff); // VP8
  if (chunk !== 0x5650_384c) return undefined; // VP8L
  const bits = view.getUint32(21, true);
  return once((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) + 0x1_0000 * view.getUint8(at + 2);
}

const [TIFF_WIDTH, TIFF_HEIGHT, TIFF_SHORT] = [256, 257, 3];

function readTiff(view: DataView): ImageHeader | undefined {
  const isLittle = view.getUint8(0) === 0x49;
  const directory = view.getUint32(4, isLittle);
  const values = new Map<number, number>();
  for (let i = 0; i < view.getUint16(directory, isLittle); i++) {
    const at = directory + 2 + 12 * i;
    const isShort = view.getUint16(at + 2, isLittle) === TIFF_SHORT;
    values.set(
      view.getUint16(at, isLittle),
      isShort ? view.getUint16(at + 8, isLittle) : view.getUint32(at + 8, isLittle),
    );
  }
  const [width, height] = [values.get(TIFF_WIDTH), values.get(TIFF_HEIGHT)];
  return width === undefined || height === undefined ? undefined : once(width, height);
}

/** Boxes that hold the sizes of an AVIF or HEIC file's images. */
const CONTAINERS: ReadonlyMap<string, number> = new Map([
  ["meta", 4],
  ["iprp", 0],
  ["ipco", 0],
]);

/** Most boxes that are looked at. */
const MOST_BOXES = 10_000;

/** The largest image of an ISO base media file: a grid's size is larger than its tiles'. */
function readIso(view: DataView): ImageHeader | undefined {
  let largest: ImageHeader | undefined;
  let left = MOST_BOXES;
  const look = (from: number, to: number): void => {
    let at = from;
    while (at + 8 <= to && left-- > 0) {
      const size = view.getUint32(at) || to - at;
      const name = String.fromCharCode(...[4, 5, 6, 7].map((i) => view.getUint8(at + i)));
      const end = Math.min(to, at + size);
      const header = CONTAINERS.get(name);
      if (header !== undefined) look(at + 8 + header, end);
      if (name === "ispe" && at + 20 <= end) {
        const found = once(view.getUint32(at + 12), view.getUint32(at + 16));
        const isLarger = largest === undefined || found.width * found.height > largest.width * largest.height;
        if (isLarger) largest = found;
      }
      if (size < 8) return;
      at += size;
    }
  };
  look(0, view.byteLength);
  return largest;
}
