/**
 * Damaged and hostile image files, as many as wanted, from a seed: good images in every format that is decoded,
 * damaged. Beside them, good files of awkward sizes, and bombs: few bytes that claim many pixels.
 */
import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { random } from "../src/base/core/index.ts";
import { type GoodFile, type MutatedFile, mutatedFiles } from "./mutations.ts";

/** The files number 0, 1, … of a seed. */
export async function mutatedImages(seed: number): Promise<(index: number) => MutatedFile> {
  return mutatedFiles("mutated images", seed, await goodFiles(), { odd: oddFiles() });
}

/** A small image in every format and in the variants that take other paths through a decoder. */
async function goodFiles(): Promise<GoodFile[]> {
  const [width, height] = [37, 29];
  const stream = random(0, "good files");
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i + stream.integer(40)) % 256);
  const drawn = () => sharp(data, { raw: { width, height, channels: 3 } });
  const encoded: Readonly<Record<string, Promise<Uint8Array>>> = {
    jpeg: drawn().jpeg({ quality: 80 }).toBuffer(),
    "progressive jpeg": drawn().jpeg({ progressive: true }).withMetadata({ orientation: 6 }).toBuffer(),
    "gray jpeg": drawn().grayscale().jpeg().toBuffer(),
    png: drawn().png().toBuffer(),
    "interlaced png": drawn().png({ progressive: true }).toBuffer(),
    "palette png": drawn().png({ palette: true }).toBuffer(),
    webp: drawn().webp().toBuffer(),
    "lossless webp": drawn().webp({ lossless: true }).withMetadata().toBuffer(),
    gif: drawn().gif().toBuffer(),
    tiff: drawn().tiff({ compression: "none" }).toBuffer(),
    "lzw tiff": drawn().tiff({ compression: "lzw" }).toBuffer(),
    "tiled tiff": drawn().tiff({ compression: "deflate", tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
    avif: drawn().avif().toBuffer(),
    "jpeg in tiff": drawn().tiff({ compression: "jpeg" }).toBuffer(),
  };
  const files = await Promise.all(
    Object.entries(encoded).map(async ([format, bytes]) => ({ format, bytes: await bytes })),
  );
  const text = (value: string) => new TextEncoder().encode(value);
  return [
    ...files.map(({ format, bytes }) => ({ format, bytes: Uint8Array.from(bytes) })),
    { format: "ppm", bytes: Buffer.concat([text(`P6 ${width} ${height} 255\n`), data]) },
    { format: "pgm of 16 bits", bytes: Buffer.concat([text(`P5\n# a comment\n${width} 14 65535\n`), data]) },
    { format: "text ppm", bytes: text(`P3 ${width} ${height} 255\n${data.join(" ")}\n`) },
    { format: "text pgm", bytes: text(`P2 ${width} ${height} 255\n${data.subarray(0, width * height).join("\n")}\n`) },
    ...[1, 8, 24, 32].map((bits) => ({ format: `bmp of ${bits} bits`, bytes: bmp(width, height, bits) })),
  ];
}

/** Good files of awkward sizes, and bombs. */
function oddFiles(): MutatedFile[] {
  const sizes: readonly (readonly [number, number])[] = [
    [1, 1],
    [30_000, 1],
    [1, 30_000],
    [65_535, 2],
    [6000, 6000],
    [10_000, 10_000],
    [30_000, 30_000],
    [2 ** 31 - 1, 2 ** 31 - 1],
    [2 ** 31 - 1, 1],
    [0, 5],
  ];
  return sizes.flatMap(([width, height]) => [
    { what: `flat png, ${width} × ${height}`, bytes: flatPng(width, height) },
    { what: `ppm, ${width} × ${height}`, bytes: new TextEncoder().encode(`P6 ${width} ${height} 255\n\0\0\0`) },
    { what: `text pgm, ${width} × ${height}`, bytes: new TextEncoder().encode(`P2 ${width} ${height} 255\n0`) },
    { what: `bmp, ${width} × ${height}`, bytes: bmp(width, height, 24).subarray(0, 4096) },
    { what: `gif, ${width} × ${height}`, bytes: gif(width, height) },
  ]);
}

/** A black palette image of one bit a pixel, complete up to 100 million pixels, and cut off beyond. */
function flatPng(width: number, height: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 3], 8);
  const pixelBytes = width * height > 1e8 ? 1e6 : height * (1 + Math.ceil(width / 8));
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    pngChunk("IHDR", header),
    pngChunk("PLTE", Buffer.from([0, 0, 0, 255, 255, 255])),
    pngChunk("IDAT", deflateSync(Buffer.alloc(pixelBytes))),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}

function pngChunk(name: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** The CRC-32 of PNG, bit by bit: zlib's has come to Node only after the oldest version supported. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0);
  }
  return ~crc >>> 0;
}

/** A header and, up to a megabyte, rows of zeros. */
function bmp(width: number, height: number, bits: number): Uint8Array {
  const colors = bits <= 8 ? 4 * 2 ** bits : 0;
  const bytes = Buffer.alloc(54 + colors + Math.min(2 ** 20, height * 4 * Math.ceil((width * bits) / 32)));
  bytes.write("BM", "latin1");
  bytes.writeUInt32LE(54 + colors, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(bits, 28);
  return bytes;
}

/** The smallest GIF, with another size in its two headers. */
function gif(width: number, height: number): Uint8Array {
  const bytes = Buffer.from(
    "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
    "latin1",
  );
  for (const [at, value] of [
    [6, width],
    [8, height],
    [24, width],
    [26, height],
  ] as const)
    bytes.writeUInt16LE(value & 0xffff, at);
  return bytes;
}
