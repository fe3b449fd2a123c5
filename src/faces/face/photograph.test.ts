import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ImageError, OptionError } from "../../base/core/index.ts";
import { encodeImage, type RgbImage } from "../../base/image/index.ts";
import { openDetector } from "./open-detector.ts";
import { type Photograph, readPhotograph } from "./photograph.ts";

const image: RgbImage = { width: 4, height: 2, data: Uint8Array.from({ length: 24 }, (_, i) => 10 * i) };
let folder: string;
let path: string;
let bytes: Uint8Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-photograph-"));
  path = join(folder, "a.png");
  bytes = await encodeImage(image, { format: "png" });
  await writeFile(path, bytes);
});
afterAll(() => rm(folder, { recursive: true }));

/** Values that no compiler would let pass, as a program in JavaScript may give them. */
const foreign: readonly (readonly [what: string, value: unknown, message: RegExp])[] = [
  ["undefined", undefined, /^image: got undefined, expected a path/],
  ["null", null, /got null/],
  ["a number", 7, /got a number/],
  ["an array", [1, 2, 3], /got a list of 3/],
  ["an object without a width", { height: 2, data: new Uint8Array(3) }, /got an object with height, data/],
  ["a promise", Promise.resolve(new Uint8Array(1)), /got a value of type Promise.*await it first/],
  ["an embedding", new Float32Array(3), /got a value of type Float32Array/],
  ["an address", new URL("https://example.org/a.jpg"), /got a URL that begins with https:.*fetch it first/],
  ["sides that are not numbers", { width: "4", height: 2, data: new Uint8Array(24) }, /got sides 4×2/],
  ["a side that is not finite", { width: Number.NaN, height: 2, data: new Uint8Array(24) }, /got sides NaN×2/],
  ["data of another type", { width: 4, height: 2, data: [1] }, /data: got a list of 1/],
  ["RGBA", { width: 4, height: 2, data: new Uint8Array(32) }, /got 32 levels.*expected 24.*alpha/],
];

describe("a photograph", () => {
  it.each([
    ["a path", () => path],
    ["a file URL", () => pathToFileURL(path)],
    ["bytes", () => bytes],
    ["a Buffer", () => Buffer.from(bytes)],
    ["an ArrayBuffer", () => Uint8Array.from(bytes).buffer],
    ["a decoded image", () => image],
    [
      "canvas data without alpha",
      () => ({ ...image, data: new Uint8ClampedArray(image.data) as unknown as Uint8Array }),
    ],
  ] satisfies [string, () => Photograph][])("is read from %s", async (_what, photograph) => {
    const { width, height, data } = await readPhotograph(photograph());
    expect({ width, height, data: [...data] }).toEqual({ ...image, data: [...image.data] });
  });

  it.each(foreign)("is refused as %s, in words that say what was got", async (_what, value, message) => {
    const refused = readPhotograph(value as Photograph);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toSatisfy((error) => error instanceof OptionError || error instanceof ImageError);
  });

  it("is named in errors about its file", async () => {
    const missing = join(folder, "missing.png");
    await expect(readPhotograph(missing)).rejects.toThrow(`${missing}: there is no such file`);
    await expect(readPhotograph(folder)).rejects.toThrow(`${folder}: got a folder, expected a file`);
    const text = join(folder, "text.jpg");
    await writeFile(text, "not an image");
    await expect(readPhotograph(text)).rejects.toThrow(`${text}: image: got`);
  });

  it("reaches a detector in any form, and nothing else does", async () => {
    const detector = await openDetector("tiny-face", { threads: 1 });
    expect(await detector.detect(path)).toEqual([]);
    expect(await detector.detect(bytes)).toEqual([]);
    await expect(detector.detect({} as RgbImage)).rejects.toThrow("got an object with no fields");
    await detector.close();
    await expect(openDetector(undefined as unknown as string)).rejects.toThrow("detector: got a undefined");
  });
});
