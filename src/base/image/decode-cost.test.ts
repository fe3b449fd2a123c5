/** What one image may cost: sizes are checked before decoding, and no header or metadata can make it slow. */
import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { ImageError } from "../core/index.ts";
import { imageFormat } from "../files/index.ts";
import { decodeImage, isSlowToDecode, setDecodeLimits } from "./decode.ts";
import { readHeader } from "./image-header.ts";
import { crc32, orientationOf } from "./plain-exif.ts";

const [width, height] = [37, 29];
const pixels = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 7) % 256);
const drawn = () => sharp(pixels, { raw: { width, height, channels: 3 } });

const encoded = {
  jpeg: () => drawn().jpeg(),
  "progressive jpeg": () => drawn().jpeg({ progressive: true }),
  png: () => drawn().png(),
  webp: () => drawn().webp(),
  "lossless webp": () => drawn().webp({ lossless: true }),
  "webp with metadata": () => drawn().webp().withMetadata({ orientation: 1 }),
  gif: () => drawn().gif(),
  tiff: () => drawn().tiff(),
  "tiled tiff": () => drawn().tiff({ tile: true, tileWidth: 16, tileHeight: 16 }),
  avif: () => drawn().avif(),
} as const;

const flat = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: "gray" } });

function noise(width: number, height: number): Buffer {
  return Buffer.from(Array.from({ length: 3 * width * height }, (_, i) => Math.imul(i, 2_654_435_761) >>> 24));
}

describe("readHeader", () => {
  it.each(Object.entries(encoded))("reads the size of %s", async (_, encode) => {
    const bytes = await encode().toBuffer();
    const format = imageFormat(bytes);
    if (format === undefined || format === "bmp" || format === "pnm") throw new Error("another format");
    expect(readHeader(bytes, format)).toMatchObject({ width, height });
    for (let length = 12; length < Math.min(bytes.length, 400); length++) readHeader(bytes.subarray(0, length), format);
  });

  it("counts the scans of a progressive JPEG", async () => {
    const bytes = await encoded["progressive jpeg"]().toBuffer();
    expect(readHeader(bytes, "jpeg")?.passCount).toBeGreaterThan(3);
    expect(readHeader(await encoded.jpeg().toBuffer(), "jpeg")?.passCount).toBe(1);
  });
});

describe("decodeImage", () => {
  it.each(Object.entries(encoded))("decodes %s and refuses it by its size", async (_, encode) => {
    const bytes = await encode().toBuffer();
    expect(await decodeImage(bytes)).toMatchObject({ width, height });
    const limits = [{ maxPixels: width * height - 1 }, { maxSide: width - 1 }, { maxAspect: width / height - 0.01 }];
    for (const limit of limits) {
      const [name = ""] = Object.keys(limit);
      const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      await expect(decodeImage(bytes, limit)).rejects.toThrow(
        new RegExp(`got an image of ${width}×${height} pixels, expected .*\\(option ${name}, flag ${flag}\\)$`),
      );
    }
  });

  it.each([
    [1, 49_999_999],
    [49_999_999, 1],
    [60_000, 40],
  ])("refuses a PNG of %i × %i at once, in little memory", async (width, height) => {
    const bytes = png(width, height);
    const [start, before] = [performance.now(), process.memoryUsage.rss()];
    await expect(decodeImage(bytes)).rejects.toThrow(`png: got an image of ${width}×${height} pixels, expected`);
    expect(performance.now() - start).toBeLessThan(1000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(5e7);
  });

  it.each(["jpeg", "webp", "avif", "png"] as const)("is not slowed by a hostile EXIF block in %s", async (format) => {
    const description = "A".repeat(60_000);
    const bytes = await drawn()
      .toFormat(format)
      .withExif({ IFD0: { ImageDescription: description } })
      .toBuffer();
    const hostile = format === "png" ? withExifChunk(bytes, hostileExif()) : withExifOver(bytes, hostileExif());
    await Promise.all([decodeImage(bytes), decodeImage(bytes)]); // AVIF starts two processes.
    const start = performance.now();
    const images = await Promise.all(
      Array.from({ length: 8 }, () => decodeImage(hostile).catch((cause: unknown) => cause)),
    );
    expect(performance.now() - start).toBeLessThan(3000);
    for (const image of images) {
      const expected = format === "avif" ? { width, height } : { width: height, height: width };
      expect(image).toMatchObject(expected);
    }
  });

  it("refuses by its header an image that may take longer than the limit", async () => {
    const large = flat(2000, 2000);
    const plain = await flat(2000, 2000).jpeg().toBuffer();
    const costly = {
      png: await large.png({ progressive: true }).toBuffer(),
      jpeg: withRepeatedScan(await large.jpeg({ progressive: true }).toBuffer(), 100),
      // Scans of a sequential image are its components, each once; a hostile one repeats them.
      "sequential jpeg": withRepeatedScan(plain, 100),
    };
    for (const [name, bytes] of Object.entries(costly)) {
      await expect(decodeImage(bytes, { maxSeconds: 0.1 }), name).rejects.toThrow(
        /2000×2000 pixels in \d+ bytes, which may take [\d.]+ s to decode, expected at most 0.1 s \(option maxSeconds, flag/,
      );
    }
    expect(await decodeImage(plain)).toMatchObject({ width: 2000 });
  });

  it.each(["tiff", "avif"] as const)("ends the decoder of %s when the time is over, and no other", async (format) => {
    const large = await flat(1500, 1500).toFormat(format, { effort: 0 }).toBuffer();
    const small = { [format]: await encoded[format]().toBuffer(), jpeg: await encoded.jpeg().toBuffer() };
    const images = Object.values(small);
    await Promise.all([decodeImage(large), decodeImage(large)]); // Starts two processes.
    const before = process.cpuUsage();
    const overruns = [1, 2].map(() => decodeImage(large, { maxSeconds: 0.002 }));
    const others = images.map((bytes) => decodeImage(bytes));
    const refusal = `${format}: decoding took longer than 0.002 s (option maxSeconds, flag --max-seconds)`;
    for (const overrun of await Promise.allSettled(overruns)) {
      expect(overrun).toMatchObject({ reason: expect.any(ImageError) });
      expect(overrun).toMatchObject({ reason: { message: refusal } });
    }
    for (const image of await Promise.all(others)) expect(image).toMatchObject({ width, height });
    // Nothing goes on in this process.
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(2);
  });

  it("decodes apart what may take long, with the same result", async () => {
    const photograph = sharp(noise(1500, 1000), { raw: { width: 1500, height: 1000, channels: 3 } });
    const bytes = await photograph.jpeg({ progressive: true, quality: 95 }).toBuffer();
    // Comments cost nothing but bytes, so this file is estimated higher than it is.
    const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0xff, 0xff]), Buffer.alloc(65_533)]);
    const padded = Buffer.concat([
      bytes.subarray(0, 2),
      ...Array.from({ length: 600 }, () => comment),
      bytes.subarray(2),
    ]);
    expect([isSlowToDecode(bytes), isSlowToDecode(padded)]).toEqual([false, true]);
    const [beside, apart] = [await decodeImage(bytes), await decodeImage(padded)];
    expect([apart.width, apart.height]).toEqual([1500, 1000]);
    expect(Buffer.compare(beside.data, apart.data)).toBe(0);
  });

  it("takes the limits of the program where a call states none", async () => {
    const bytes = await encoded.png().toBuffer();
    setDecodeLimits({ maxSide: width - 1 });
    try {
      await expect(decodeImage(bytes)).rejects.toThrow("(option maxSide, flag --max-side)");
      expect(await decodeImage(bytes, { maxSide: width })).toMatchObject({ width });
    } finally {
      setDecodeLimits({ maxSide: 65_535 });
    }
    expect(() => setDecodeLimits({ maxPixel: 1 } as never)).toThrow("did you mean 'maxPixels'?");
    expect(() => setDecodeLimits({ maxSeconds: 0 })).toThrow("maxSeconds: got 0, expected a positive number");
  });

  it.each(["jpeg", "png", "webp"] as const)("applies each EXIF orientation of %s as libvips does", async (format) => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const bytes = await drawn().toFormat(format, { lossless: true }).withMetadata({ orientation }).toBuffer();
      const { data, info } = await sharp(bytes, { autoOrient: true })
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      const image = await decodeImage(bytes);
      expect([image.width, image.height], `${format} ${orientation}`).toEqual([info.width, info.height]);
      expect(Buffer.compare(image.data, data), `${format} ${orientation}`).toBe(0);
    }
  });

  it("refuses a progressive JPEG with thousands of scans of a large image", async () => {
    const large = sharp({ create: { width: 6000, height: 6000, channels: 3, background: "gray" } });
    const bytes = await large.jpeg({ progressive: true }).toBuffer();
    const bomb = withRepeatedScan(bytes, 2000);
    const start = performance.now();
    await expect(decodeImage(bomb)).rejects.toThrow(/jpeg: got 20\d\d scans of 6000×6000 pixels in .* take 220 s/);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(await decodeImage(bytes)).toMatchObject({ width: 6000 });
  });

  it.each([
    ["JPEG XL", "\xff\x0a\x01", "a JPEG XL image"],
    ["JPEG XL in a box", "\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL image"],
    ["JPEG 2000", "\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 image"],
    ["PSD", "8BPS\0\x01", "a Photoshop document"],
    ["PDF", "%PDF-1.4", "a PDF document"],
    ["SVG", '<svg xmlns="…">', "an SVG drawing"],
    ["Canon's raw", "II*\0\x10\0\0\0CR\x02\0", "a raw image of a Canon camera (CR2)"],
    ["DNG", dng(), "a raw image of a camera (DNG, NEF, ARW …)"],
    ["MP4", "\0\0\0\x18ftypisom\0\0\0\0isom", "a video"],
    ["HTML", "<!DOCTYPE html><html>", "an HTML page"],
    ["text", "hello", "a text"],
  ])("names %s in its refusal", async (_, bytes, kind) => {
    const refusal = decodeImage(Buffer.from(bytes, "latin1"));
    await expect(refusal).rejects.toThrow(ImageError);
    await expect(refusal).rejects.toThrow(`image: got ${kind}, expected JPEG, PNG, WebP`);
  });
});

describe("orientationOf", () => {
  it("is 1 for blocks that are damaged at any byte, or hold another number", () => {
    const block = tiff([[0x112, 3, 1, 6]]);
    expect(orientationOf(block)).toBe(6);
    for (let length = 0; length < block.length - 4; length++) expect(orientationOf(block.subarray(0, length))).toBe(1);
    expect(orientationOf(tiff([[0x112, 3, 1, 9]]))).toBe(1);
  });
});

/** A TIFF header with one little-endian directory of entries: tag, type, count, value. */
function tiff(entries: readonly (readonly [tag: number, type: number, count: number, value: number])[]): Uint8Array {
  const bytes = new Uint8Array(14 + 12 * entries.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0, 8]);
  view.setUint16(8, entries.length, true);
  for (const [i, [tag, type, count, value]] of entries.entries()) {
    const at = 10 + 12 * i;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, count, true);
    view.setUint32(at + 8, value, true);
  }
  return bytes;
}

function dng(): string {
  return Buffer.from(
    tiff([
      [254, 4, 1, 1],
      [50706, 1, 4, 1],
    ]),
  ).toString("latin1");
}

/** Orientation 6, and thousands of pointers from the directory to itself. */
function hostileExif(): Uint8Array {
  return tiff([[0x112, 3, 1, 6], ...Array.from({ length: 4900 }, () => [0x8769, 4, 1, 8] as const)]);
}

/** The EXIF block in a file, which is longer, overwritten. */
function withExifOver(bytes: Uint8Array, block: Uint8Array): Uint8Array {
  const file = Buffer.from(bytes);
  const text = file.indexOf("A".repeat(1000));
  const start = Math.max(file.lastIndexOf("II*\0", text, "latin1"), file.lastIndexOf("MM\0*", text, "latin1"));
  if (text < 0 || start < 0) throw new Error("no EXIF block");
  file.set(block, start);
  return file;
}

function withExifChunk(bytes: Uint8Array, block: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(12 + block.length);
  chunk.writeUInt32BE(block.length);
  chunk.write("eXIf", 4, "latin1");
  chunk.set(block, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + block.length)), 8 + block.length);
  return Buffer.concat([bytes.subarray(0, 33), chunk, bytes.subarray(33)]);
}

/** The last scan of a progressive JPEG many times over. */
function withRepeatedScan(jpeg: Uint8Array, count: number): Uint8Array {
  const start = jpeg.lastIndexOf(0xda) - 1;
  const scan = jpeg.subarray(start, jpeg.length - 2);
  return Buffer.concat([jpeg.subarray(0, -2), ...Array.from({ length: count }, () => scan), jpeg.subarray(-2)]);
}

/** A black palette image of one bit a pixel. */
function png(width: number, height: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 3], 8);
  const chunk = (name: string, data: Uint8Array) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, Buffer.from(name), data, Buffer.alloc(4)]);
  };
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from([0, 0, 0, 255, 255, 255])),
    chunk("IDAT", deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
