import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeImage, encodeImage, landmarkTemplate } from "../../base/image/index.ts";
import { alignFolder } from "./align-folder.ts";
import type { FaceDetector } from "./detection.ts";

const target = { width: 112, height: 112, template: landmarkTemplate(112, 112) };

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "cosface-align-"));
  const image = async (level: number, side: number) =>
    encodeImage({ width: side, height: side, data: new Uint8Array(3 * side * side).fill(level) }, { format: "png" });
  for (const person of ["ann", "bob"]) await mkdir(join(root, "photos", person), { recursive: true });
  await writeFile(join(root, "photos/ann/1.png"), await image(50, 120));
  await writeFile(join(root, "photos/ann/1.jpg"), await image(100, 120));
  await writeFile(join(root, "photos/bob/2.png"), await image(200, 40));
  await writeFile(join(root, "photos/bob/3.png"), "no image");
});
afterAll(() => rm(root, { recursive: true }));

/** A detector that finds a face in images of 112 pixels and more, and counts how often it is asked. */
function largeImages(name = "large images"): FaceDetector & { readonly asked: number[] } {
  const asked: number[] = [];
  const box = { x: 10, y: 10, width: 90, height: 90 };
  return {
    name,
    license: "none",
    asked,
    detect: async (image) => {
      asked.push(image.width);
      return image.width < 112 ? [] : [{ box, score: 1, landmarks: target.template }];
    },
    close: async () => {},
  };
}

const options = (out: string, detector = largeImages()) => ({
  source: join(root, "photos"),
  out: join(root, out),
  detector,
  target,
});

describe("alignFolder", () => {
  it("writes a crop for each photograph with a face, and a list of the others", async () => {
    const done: number[] = [];
    const result = await alignFolder({ ...options("a"), onProgress: (count) => done.push(count) });
    expect(result).toMatchObject({ imageCount: 4, alignedCount: 2, noFaceCount: 1, unreadableCount: 1 });
    expect(done).toEqual([1, 2, 3, 4]);
    expect((await readdir(join(root, "a"), { recursive: true })).sort()).toEqual([
      "alignment.json",
      "ann",
      "ann/1.jpg",
      "ann/1.png.jpg",
      "left-out.tsv",
    ]);
    const crop = await decodeImage(await readFile(join(root, "a/ann/1.png.jpg")));
    expect([crop.width, crop.height, crop.data[3 * 6000]]).toEqual([112, 112, 50]);
    const list = (await readFile(result.leftOutFile, "utf8")).split("\n");
    expect(list[0]).toBe("bob/2.png\tno face");
    expect(list[1]).toMatch(/^bob\/3\.png\timage: got a text/);
  });

  it("goes on where it was, and gives the same result", async () => {
    const first = await alignFolder(options("b"));
    await rm(join(root, "b/ann/1.jpg"));
    await writeFile(first.leftOutFile, "bob/2.png\tno face\nbob/3.p");
    const detector = largeImages();
    expect(await alignFolder(options("b", detector))).toEqual(first);
    // The crop that was missing; the broken file is no image to ask about.
    expect(detector.asked).toEqual([120]);
    expect((await readFile(first.leftOutFile, "utf8")).split("\n")).toHaveLength(3);
  });

  it("refuses to mix crops of different detectors, sizes or templates", async () => {
    await alignFolder(options("c"));
    await expect(alignFolder(options("c", largeImages("another")))).rejects.toThrow("name another folder");
    const narrow = { width: 96, height: 112, template: landmarkTemplate(96, 112) };
    await expect(alignFolder({ ...options("c"), target: narrow })).rejects.toThrow(
      "another detector, size or template",
    );
  });
});
