import { describe, expect, it } from "vitest";
import { DatasetError } from "../../core/index.ts";
import { encodeImage } from "../../image/index.ts";
import { unreadableImages } from "../verification-set.ts";
import { verificationSet } from "./samples.ts";

const image = await encodeImage({ width: 1, height: 1, data: Uint8Array.of(1, 2, 3) }, { format: "png" });

describe("verificationSet", () => {
  it("pairs images in turn, in folds of ten, the first ones longer", async () => {
    const areSame = Array.from({ length: 23 }, (_, i) => i % 3 === 0);
    const set = verificationSet([new Array(46).fill(image), areSame], "own.bin");
    expect([set.imageCount, set.foldCount]).toEqual([46, 10]);
    expect(set.pairs[7]).toEqual({ left: 14, right: 15, same: false, fold: 2 });
    const folds = set.pairs.map(({ fold }) => fold);
    expect(folds).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9]);
    expect(set.source(45)).toBe("own.bin#45");
    expect((await set.read(45)).data).toEqual(Uint8Array.of(1, 2, 3));
  });

  it("takes labels as an array of bytes or numbers", () => {
    const images = new Array(20).fill(image);
    const expected = Array.from({ length: 10 }, (_, i) => i % 2 === 0);
    for (const labels of [Uint8Array.from(expected, Number), expected.map(Number)]) {
      expect(verificationSet([images, labels], "own.bin").pairs.map(({ same }) => same)).toEqual(expected);
    }
    expect(() => verificationSet([images, new Uint8Array(10).fill(2)], "own.bin")).toThrow("pair 0: got a number");
  });

  it("names an image that cannot be decoded, before a run and when it is read", async () => {
    const images = [...new Array(19).fill(image), Uint8Array.of(1, 2, 3)];
    const set = verificationSet([images, new Array(10).fill(true)], "own.bin");
    await expect(set.read(19)).rejects.toThrow(/^own\.bin#19: image: got/);
    expect(await unreadableImages(set)).toEqual([{ index: 19, reason: expect.stringMatching(/^own\.bin#19: /) }]);
  });

  it.each([
    ["no pair", null, "x.bin: expected a pair of lists"],
    [
      "a wrong count",
      [[image], new Array(10).fill(true)],
      "x.bin: got 1 images for 10 pairs, expected two images a pair",
    ],
    ["no images", [new Array(20).fill("a"), new Array(10).fill(true)], "x.bin#0: got a string, expected the bytes"],
    ["no booleans", [new Array(20).fill(image), new Array(10).fill("a")], "x.bin: pair 0: got a string, expected true"],
  ])("refuses %s", (_, value, message) => {
    expect(() => verificationSet(value, "x.bin")).toThrow(DatasetError);
    expect(() => verificationSet(value, "x.bin")).toThrow(message);
  });
});
