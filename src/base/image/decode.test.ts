import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { ImageError, OptionError } from "../core/index.ts";
import { decodeImage, encodeImage, imageFormat, type RgbImage } from "./index.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** An image of 3 × 2 whose pixels all differ. */
const small: RgbImage = {
  width: 3,
  height: 2,
  data: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30, 128, 128, 128, 250, 240, 230),
};

/** A smooth 32 × 24 image, which JPEG hardly changes. */
const smooth: RgbImage = {
  width: 32,
  height: 24,
  data: Uint8Array.from({ length: 3 * 32 * 24 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [4 * (pixel % 32) + 60, 6 * Math.floor(pixel / 32) + 40, 120][i % 3]!;
  }),
};

function rawSharp({ data, width, height }: RgbImage) {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

describe("decodeImage", () => {
  it.each(["png", "tiff", "gif", "webp"] as const)("gives back the pixels of lossless %s", async (format) => {
    const options = { webp: { lossless: true }, tiff: { compression: "lzw" as const }, gif: {}, png: {} }[format];
    const bytes = await rawSharp(small).toFormat(format, options).toBuffer();
    expect(imageFormat(bytes)).toBe(format);
    expect(await decodeImage(bytes)).toEqual(small);
  });

  it("decodes JPEG to within its loss", async () => {
    const decoded = await decodeImage(await encodeImage(smooth, { format: "jpeg", quality: 95 }));
    expect([decoded.width, decoded.height]).toEqual([32, 24]);
    const worst = Math.max(...decoded.data.map((value, i) => Math.abs(value - smooth.data[i]!)));
    expect(worst).toBeLessThan(8);
  });

  it("applies the EXIF orientation: 6 means that the top row is on the right", async () => {
    const bytes = await rawSharp(small).withMetadata({ orientation: 6 }).png().toBuffer();
    const turned = await decodeImage(bytes);
    expect([turned.width, turned.height]).toEqual([2, 3]);
    expect([...turned.data.subarray(3, 6)]).toEqual([255, 0, 0]);
    expect([...turned.data.subarray(0, 3)]).toEqual([10, 20, 30]);
  });

  it("makes gray and 16-bit images three channels of 8 bits, and drops alpha", async () => {
    const gray = await rawSharp(small).toColorspace("b-w").png().toBuffer();
    const grayPixels = (await decodeImage(gray)).data;
    expect(grayPixels).toHaveLength(18);
    expect([...grayPixels.subarray(12, 15)]).toEqual([128, 128, 128]);
    const deep = await rawSharp(small).toColorspace("rgb16").png().toBuffer();
    expect(await decodeImage(deep)).toEqual(small);
    const rgba = Uint8Array.of(200, 100, 50, 0, 1, 2, 3, 255);
    const transparent = await sharp(rgba, { raw: { width: 2, height: 1, channels: 4 } })
      .png()
      .toBuffer();
    expect([...(await decodeImage(transparent)).data]).toEqual([200, 100, 50, 1, 2, 3]);
  });

  it("refuses other files, and formats that could name files", async () => {
    await expect(decodeImage(new Uint8Array(0))).rejects.toThrow("image: got an empty file, expected JPEG, PNG");
    await expect(decodeImage(text("hello"))).rejects.toThrow("image: got a text, expected");
    await expect(decodeImage(Uint8Array.of(1, 2, 3, 4))).rejects.toThrow("image: got bytes that start 01 02 03 04,");
    const svg = text('<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>');
    await expect(decodeImage(svg)).rejects.toThrow(ImageError);
  });

  it("refuses an image that is cut off, in every format", async () => {
    const jpeg = await encodeImage(smooth, { format: "jpeg" });
    const png = await encodeImage(smooth, { format: "png" });
    for (const bytes of [jpeg, png]) {
      await expect(decodeImage(bytes.subarray(0, bytes.length * 0.7))).rejects.toThrow(ImageError);
      await expect(decodeImage(bytes.subarray(0, 20))).rejects.toThrow(ImageError);
    }
  });

  it("gives an image or an ImageError for any bytes, whatever format they claim", async () => {
    const starts = ["BM", "P2 ", "P3 ", "P5 ", "P6 2 2 255 ", "GIF89a", "\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "II*\0"];
    const start = fc.constantFrom(...starts).map((value) => Buffer.from(value, "latin1"));
    await fc.assert(
      fc.asyncProperty(start, fc.uint8Array({ maxLength: 120 }), async (first, rest) => {
        const outcome = await decodeImage(Buffer.concat([first, rest]), { maxPixels: 10_000 }).catch((error) => error);
        if (!("data" in outcome)) expect(outcome).toBeInstanceOf(ImageError);
      }),
      { numRuns: 500 },
    );
  });

  it("refuses bombs before their pixels are made", async () => {
    const flat = { width: 500, height: 400, data: new Uint8Array(3 * 500 * 400) };
    const bytes = await encodeImage(flat, { format: "png" });
    await expect(decodeImage(bytes, { maxPixels: 199_999 })).rejects.toThrow(
      "png: got an image of 500×400 pixels, expected at most 199999 pixels (option maxPixels, flag --max-pixels)",
    );
    await expect(decodeImage(bytes, { maxPixels: 200_000 })).resolves.toMatchObject({ width: 500 });
    await expect(decodeImage(bytes, { maxBytes: 10 })).rejects.toThrow("expected at most 10 (option maxBytes)");
    await expect(decodeImage(text("P5 60000 60000 255\n"))).rejects.toThrow("60000×60000 pixels, expected at most 50");
  });
});

describe("encodeImage", () => {
  const black = { width: 2, height: 1, data: new Uint8Array(6) };
  it.each([
    [black, undefined, "options of encodeImage: got undefined, expected an object with any of format, quality"],
    [black, {}, "format: got 'undefined', expected one of jpeg, png"],
    [black, { format: "gif" }, "format: got 'gif', expected one of jpeg, png"],
    [black, { format: "jpeg", qualty: 90 }, "did you mean 'quality'?"],
    [black, { format: "jpeg", quality: 0.9 }, "quality: got 0.9, expected a number in [1, 100]"],
    [undefined, { format: "png" }, "image: got undefined, expected an image"],
  ])("refuses %j as %j", async (image, options, message) => {
    const refused = encodeImage(image as never, options as never);
    await expect(refused).rejects.toThrow(OptionError);
    await expect(refused).rejects.toThrow(message);
  });
});

describe("PGM and PPM", () => {
  it("reads bytes and text, comments and other largest values", async () => {
    const binary = Uint8Array.of(...text("P5\n# made by hand\n2 1\n255\n"), 7, 200);
    expect(await decodeImage(binary)).toEqual({ width: 2, height: 1, data: Uint8Array.of(7, 7, 7, 200, 200, 200) });
    const plain = text("P3 1 2 15\n15 0 5\n0 # black so far\n3 15\n");
    expect((await decodeImage(plain)).data).toEqual(Uint8Array.of(255, 0, 85, 0, 51, 255));
    const deep = Uint8Array.of(...text("P6 1 1 65535 "), 0xff, 0xff, 0x80, 0x80, 0, 0);
    expect((await decodeImage(deep)).data).toEqual(Uint8Array.of(255, 128, 0));
    expect((await decodeImage(text("P2 2 1 1 1 0"))).data).toEqual(Uint8Array.of(255, 255, 255, 0, 0, 0));
  });

  it("says what is wrong", async () => {
    await expect(decodeImage(text("P5 2 2 255 abc"))).rejects.toThrow("got 3 bytes of samples, expected 4: cut off?");
    await expect(decodeImage(text("P5 2 x"))).rejects.toThrow("pgm: no number at byte 5");
    await expect(decodeImage(text("P6 0 2 255 "))).rejects.toThrow("ppm: got a size of 0×2");
    await expect(decodeImage(text("P5 1 1 70000 aa"))).rejects.toThrow("largest value of 70000, expected 1–65535");
  });
});

describe("BMP", () => {
  /** A BMP with a 40-byte header; `palette` entries are blue, green, red, 0. */
  function bmp(width: number, height: number, bits: number, rows: readonly number[], palette: readonly number[] = []) {
    const bytes = new Uint8Array(54 + palette.length + rows.length);
    const view = new DataView(bytes.buffer);
    bytes.set([0x42, 0x4d]);
    view.setUint32(10, 54 + palette.length, true);
    view.setUint32(14, 40, true);
    view.setInt32(18, width, true);
    view.setInt32(22, height, true);
    view.setUint16(28, bits, true);
    bytes.set([...palette, ...rows], 54);
    return bytes;
  }

  it("reads 24 bits, bottom row first, rows padded to four bytes", async () => {
    const rows = [30, 20, 10, 128, 128, 128, 230, 240, 250, 0, 0, 0, 0, 0, 255, 0, 255, 0, 255, 0, 0, 0, 0, 0];
    expect(await decodeImage(bmp(3, 2, 24, rows))).toEqual(small);
    const topDown = [...rows.slice(12), ...rows.slice(0, 12)];
    expect(await decodeImage(bmp(3, -2, 24, topDown))).toEqual(small);
  });

  it("reads 32 bits without masks, and palettes of 8 bits and 1 bit", async () => {
    expect((await decodeImage(bmp(1, 1, 32, [3, 2, 1, 0]))).data).toEqual(Uint8Array.of(1, 2, 3));
    const palette = [0, 0, 255, 0, 50, 40, 30, 0];
    expect((await decodeImage(bmp(2, 1, 8, [1, 0, 0, 0], palette))).data).toEqual(Uint8Array.of(30, 40, 50, 255, 0, 0));
    expect((await decodeImage(bmp(2, 1, 1, [0x40, 0, 0, 0], palette))).data).toEqual(
      Uint8Array.of(255, 0, 0, 30, 40, 50),
    );
  });

  it("says what is wrong", async () => {
    await expect(decodeImage(text("BM too short"))).rejects.toThrow("expected a header of at least 54");
    await expect(decodeImage(bmp(3, 2, 24, [1, 2]))).rejects.toThrow("got 56 bytes, expected 78: cut off?");
    await expect(decodeImage(bmp(3, 2, 4, [1, 2]))).rejects.toThrow("got 4 bits a pixel");
    await expect(decodeImage(bmp(1e6, 1e6, 24, []))).rejects.toThrow("pixels, expected at most");
  });
});
