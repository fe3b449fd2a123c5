import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DatasetError } from "../../core/index.ts";
import { encodeImage } from "../../image/index.ts";
import { parseLfwPairs } from "./records.ts";
import { lfwImages, readLfwPairs } from "./samples.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "cosface-lfw-"));
  for (const [i, file] of ["Ann/Ann_0001.jpg", "Ann/Ann_0002.PNG", "Bob/Bob_0001.jpg"].entries()) {
    await mkdir(join(root, file, ".."), { recursive: true });
    const image = { width: 1, height: 1, data: Uint8Array.of(50 * i, 50 * i, 50 * i) };
    const format = file.endsWith("jpg") ? "jpeg" : "png";
    await writeFile(join(root, file), await encodeImage(image, { format }));
  }
});
afterAll(() => rm(root, { recursive: true }));

describe("lfwImages", () => {
  it("gives every image once, in whatever format, and pairs of their indices", async () => {
    const set = await lfwImages(root, parseLfwPairs("1\nAnn\t2\t1\nAnn\t1\tBob\t1\n", "pairs.txt"));
    expect(set.imageCount).toBe(3);
    expect(set.pairs).toEqual([
      { left: 0, right: 1, same: true, fold: 0 },
      { left: 1, right: 2, same: false, fold: 0 },
    ]);
    expect([0, 1, 2].map((i) => set.source(i))).toEqual([
      "pairs.txt:2, left",
      "pairs.txt:2, right",
      "pairs.txt:3, right",
    ]);
    const levels = await Promise.all([0, 1, 2].map(async (i) => (await set.read(i)).data[0]));
    expect(levels).toEqual([50, 0, 100]);
  });

  it("finds a person's folder by its name in NFC and in NFD, and reads none outside of it", async () => {
    const png = await encodeImage({ width: 1, height: 1, data: new Uint8Array(3) }, { format: "png" });
    await mkdir(join(root, "Jose\u0301"));
    await writeFile(join(root, "Jose\u0301/Jose\u0301_0001.png"), png);
    await mkdir(join(root, "Jos\u00e9"));
    await writeFile(join(root, "Jos\u00e9/Jos\u00e9_0002.png"), png);
    const set = await lfwImages(root, parseLfwPairs("1\nJos\u00e9\t1\t2\nJose\u0301\t2\tBob\t1\n", "pairs.txt"));
    expect(set.imageCount).toBe(3);
    expect((await set.read(0)).width).toBe(1);
  });

  it("names the line and side of an image that cannot be read", async () => {
    await mkdir(join(root, "Dee"));
    await writeFile(join(root, "Dee/Dee_0001.jpg"), "text");
    const set = await lfwImages(root, parseLfwPairs("1\nAnn\t1\t2\nAnn\t1\tDee\t1\n", "pairs.txt"));
    await expect(set.read(2)).rejects.toThrow(/^pairs\.txt:3, right: image: got/);
    await rm(join(root, "Dee/Dee_0001.jpg"));
    await expect(set.read(2)).rejects.toThrow("pairs.txt:3, right: there is no such file");
  });

  it("says how many images are missing, without names", async () => {
    const list = parseLfwPairs("1\nAnn\t2\t1\nCy\t1\tBob\t7\n", "pairs.txt");
    const layout = "expected NAME/NAME_0001.jpg in the folder of images";
    await expect(lfwImages(root, list)).rejects.toThrow(
      new DatasetError(`pairs.txt:3, left: no such image, 2 of 4 are missing: ${layout}`),
    );
  });

  it("says when there is no list", async () => {
    await expect(readLfwPairs(join(root, "none.txt"))).rejects.toThrow("none.txt: cannot be read");
  });
});

const lfw = join(process.env.COSFACE_SHARED ?? "../shared", "lfw");
describe.skipIf(!existsSync(join(lfw, "pairs.txt")))("the official list", () => {
  it("has 6,000 pairs of 7,701 images in ten folds", async () => {
    const set = await lfwImages(join(lfw, "aligned"), await readLfwPairs(join(lfw, "pairs.txt")));
    expect([set.imageCount, set.pairs.length, set.foldCount]).toEqual([7701, 6000, 10]);
    const genuineInFold = new Array(10).fill(0);
    for (const { same, fold } of set.pairs) genuineInFold[fold] += Number(same);
    expect(genuineInFold).toEqual(new Array(10).fill(300));
  });
});
