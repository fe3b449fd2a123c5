import { describe, expect, it } from "vitest";
import { ImageError, random } from "../core/index.ts";
import { decodeImage } from "./decode.ts";

/** 64 × 48 pixels in four flat quarters, encoded by heif-enc 1.15.1 with x265 3.5: `heif-enc -q 60 quarters.png`. */
const HEIC = Uint8Array.from(
  Buffer.from(
    [
      "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAa1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA",
      "AA5waXRtAAAAAAACAAAAEGlkYXQAAAAAAEAAMAAAADhpbG9jAQAAAERAAAIAAQAAAAAAAAHRAAEAAAAAAAAAjwACAAEAAAAAAAAA",
      "AQAAAAAAAAAIAAAAOGlpbmYAAAAAAAIAAAAVaW5mZQIAAAEAAQAAaHZjMQAAAAAVaW5mZQIAAAAAAgAAZ3JpZAAAAADYaXBycAAA",
      "ALZpcGNvAAAAdmh2Y0MBA3AAAAAAAAAAAAAe8AD8/fj4AAAPAyAAAQAYQAEMAf//A3AAAAMAkAAAAwAAAwAeugJAIQABACpCAQED",
      "cAAAAwCQAAADAAADAB6gIIEFlurkprm4EBAwIAAAAwAgAAADACEiAAEABkQBwXPAiQAAABRpc3BlAAAAAAAAAEAAAABAAAAAFGlz",
      "cGUAAAAAAAAAQAAAADAAAAAQcGl4aQAAAAADCAgIAAAAGmlwbWEAAAAAAAAAAgABAoECAAICA4QAAAAaaXJlZgAAAAAAAAAOZGlt",
      "ZwACAAEAAQAAAJdtZGF0AAAAiygBrwngIzUtX+3V//8N7yFf6R07u/Uo/+VOLtilvv8bX36SeJD/+4gfxxyP/6ohEohRpIqVZ/1L",
      "RJnkOhDwzfj0ZOVy4F+ENtoRSUZsJ2EMr8Px/B6h2B+2qyCA2WEpnYpMnnlce/DXQIWedL5kDtw43lgThHX0fdYXUNNOG/uyL1J0",
      "/HaY6cqe40A=",
    ].join(""),
    "base64",
  ),
);

describe("a HEIC image", () => {
  it("is decoded, many at once", async () => {
    for (const { width, height, data } of await Promise.all([1, 2, 3].map(() => decodeImage(HEIC)))) {
      expect([width, height, data.length]).toEqual([64, 48, 3 * 64 * 48]);
      const at = (x: number, y: number) => [...data.subarray(3 * (64 * y + x), 3 * (64 * y + x) + 3)];
      const quarters = [at(8, 8), at(56, 8), at(8, 40), at(56, 40)];
      const expected = [200, 180, 90, 40, 180, 90, 200, 60, 90, 40, 60, 90];
      expect(Math.max(...quarters.flat().map((level, i) => Math.abs(level - (expected[i] ?? 0))))).toBeLessThan(8);
    }
  });

  it("is refused by its header's size, and when it takes too long, without harm to the next", async () => {
    await expect(decodeImage(HEIC, { maxPixels: 3071 })).rejects.toThrow(
      "heic: got an image of 64×64 pixels, expected at most 3071 pixels (option maxPixels, flag --max-pixels)",
    );
    const [hurried, patient] = await Promise.allSettled([decodeImage(HEIC, { maxSeconds: 0.0001 }), decodeImage(HEIC)]);
    expect(hurried).toMatchObject({ reason: expect.any(ImageError) });
    expect(hurried).toMatchObject({
      reason: { message: "heic: decoding took longer than 0.0001 s (option maxSeconds, flag --max-seconds)" },
    });
    expect(patient).toMatchObject({ value: { width: 64 } });
  });

  it("that is damaged gives an image or an ImageError", { timeout: 100_000 }, async () => {
    await expect(decodeImage(HEIC.subarray(0, 300))).rejects.toThrow(ImageError);
    const stream = random(1, "damaged HEIC");
    for (let i = 0; i < 60; i++) {
      const bytes = Uint8Array.from(HEIC);
      for (let flips = 0; flips < 4; flips++) {
        const at = 24 + stream.integer(bytes.length - 24);
        bytes[at] = stream.integer(256);
      }
      const outcome = await decodeImage(bytes, { maxPixels: 1e6, maxSeconds: 5 }).catch((cause: unknown) => cause);
      if (!(outcome instanceof ImageError)) expect(outcome).toMatchObject({ width: expect.any(Number) });
    }
  });
});
