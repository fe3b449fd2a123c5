import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import {
  applySimilarity,
  type Landmarks,
  landmarkTemplate,
  type RgbImage,
  type Similarity,
} from "../../base/image/index.ts";
import { alignCrop, alignFace, alignmentTarget } from "./align.ts";

const target = { width: 112, height: 112, template: landmarkTemplate(112, 112) };

/** A smooth image: red grows to the right, green downward, blue with the distance from the top left corner. */
function gradientPicture(width: number, height: number): RgbImage {
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 3 * (y * width + x);
      data[at] = (255 * x) / (width - 1);
      data[at + 1] = (255 * y) / (height - 1);
      data[at + 2] = (255 * (x + y)) / (width + height - 2);
    }
  }
  return { width, height, data };
}

function moved(similarity: Similarity): Landmarks {
  return target.template.map((point) => applySimilarity(similarity, point)) as unknown as Landmarks;
}

describe("alignFace", () => {
  it("changes no pixel when the landmarks lie on the template", async () => {
    const image = gradientPicture(112, 112);
    expect(await alignFace(image, target.template, target)).toEqual(image);
  });

  it("cuts 8 columns off either side for 112×96", async () => {
    const image = gradientPicture(112, 112);
    const narrow = { width: 96, height: 112, template: landmarkTemplate(96, 112) };
    const crop = await alignFace(image, target.template, narrow);
    expect(crop.data.subarray(0, 3)).toEqual(image.data.subarray(3 * 8, 3 * 9));
    expect(crop.data.subarray(3 * 95, 3 * 96)).toEqual(image.data.subarray(3 * 103, 3 * 104));
  });

  it("is black beyond the image", async () => {
    const image = { width: 60, height: 60, data: new Uint8Array(3 * 3600).fill(255) };
    const { data } = await alignFace(image, target.template, target);
    expect([data[0], data[3 * (59 * 112 + 59)], data[3 * (60 * 112 + 60)], data[3 * (111 * 112 + 111)]]).toEqual([
      255, 255, 0, 0,
    ]);
  });

  it("reads each pixel of the crop where the similarity says, enlarged or reduced, to a level or two", async () => {
    const image = gradientPicture(700, 600);
    const red = (x: number) => (255 * x) / 699;
    const green = (y: number) => (255 * y) / 599;
    const scale = fc.double({ min: 0.4, max: 4.5, noNaN: true });
    const angle = fc.double({ min: -0.3, max: 0.3, noNaN: true });
    await fc.assert(
      fc.asyncProperty(scale, angle, async (scale, angle) => {
        const turn = { a: scale * Math.cos(angle), b: scale * Math.sin(angle) };
        // The crop's middle at the image's.
        const [x, y] = applySimilarity({ ...turn, shiftX: 0, shiftY: 0 }, [55.5, 55.5]);
        const similarity = { ...turn, shiftX: 350 - x, shiftY: 300 - y };
        const { data } = await alignFace(image, moved(similarity), target);
        for (const [column, row] of [
          [55, 55],
          [30, 80],
          [90, 20],
        ] as const) {
          const [sourceX, sourceY] = applySimilarity(similarity, [column, row]);
          const at = 3 * (row * 112 + column);
          expect(Math.abs(data[at]! - red(sourceX))).toBeLessThan(2);
          expect(Math.abs(data[at + 1]! - green(sourceY))).toBeLessThan(2);
        }
      }),
      { numRuns: 12 },
    );
  });

  it("averages what it reduces: a checkerboard of single pixels becomes gray", async () => {
    const side = 600;
    const data = new Uint8Array(3 * side * side);
    for (let i = 0; i < side * side; i++) data.fill((i + Math.floor(i / side)) % 2 ? 255 : 0, 3 * i, 3 * i + 3);
    const crop = await alignFace(
      { width: side, height: side, data },
      moved({ a: 4, b: 0, shiftX: 60, shiftY: 60 }),
      target,
    );
    const middle = Array.from({ length: 40 }, (_, i) => crop.data[3 * (56 * 112 + 36 + i)]!);
    for (const level of middle) expect(Math.abs(level - 127.5)).toBeLessThan(8);
  });

  it("gives a black crop for a large face beside the image", async () => {
    const crop = await alignFace(gradientPicture(50, 50), moved({ a: 4, b: 0, shiftX: 900, shiftY: 0 }), target);
    expect(crop.data.every((value) => value === 0)).toBe(true);
  });

  it("refuses landmarks at one place", async () => {
    const point = [3, 4] as const;
    const promise = alignFace(gradientPicture(9, 9), [point, point, point, point, point], target);
    await expect(promise).rejects.toThrow(OptionError);
  });
});

describe("alignmentTarget", () => {
  it("is the contract's template at its size", () => {
    expect(alignmentTarget({ inputSize: [112, 112], template: "arcface" })).toEqual(target);
  });

  it("refuses a network without a template", () => {
    expect(() => alignmentTarget({ inputSize: [160, 160], template: "none" })).toThrow("template is 'none'");
  });
});

describe("alignCrop", () => {
  it("cuts columns off for 112×96, and moves the landmarks for another template", async () => {
    const crop = gradientPicture(112, 112);
    const narrow = await alignCrop(crop, { inputSize: [112, 96], template: "arcface" });
    expect(narrow.data.subarray(0, 3)).toEqual(crop.data.subarray(3 * 8, 3 * 9));
    const shifted = target.template.map(([x, y]) => [x + 5, y + 7]) as unknown as Landmarks;
    const moved = await alignCrop(crop, { inputSize: [120, 130], template: shifted });
    expect([moved.width, moved.height]).toEqual([130, 120]);
    const at = (image: RgbImage, x: number, y: number) => image.data[3 * (y * image.width + x)];
    expect(at(moved, 5 + 30, 7 + 40)).toBe(at(crop, 30, 40));
  });
});
