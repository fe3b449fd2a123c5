import { describe, expect, it } from "vitest";
import { ImageError } from "../core/index.ts";
import { cropImage, flipImage, padImage, type RgbImage, resizeImage, warpImage } from "./index.ts";

/** Pixels whose red is the column, green the row. */
function grid(width: number, height: number, step = 1): RgbImage {
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) data.set([step * (i % width), step * Math.floor(i / width), 9], 3 * i);
  return { width, height, data };
}

/** Columns and rows that the pixels came from. */
function origins({ data, width, height }: RgbImage): string[] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => `${data[3 * (y * width + x)]},${data[3 * (y * width + x) + 1]}`).join(" "),
  );
}

describe("flipImage", () => {
  it("exchanges left and right", () => {
    expect(origins(flipImage(grid(3, 2)))).toEqual(["2,0 1,0 0,0", "2,1 1,1 0,1"]);
  });
  it("twice changes nothing", () => {
    expect(flipImage(flipImage(grid(5, 4)))).toEqual(grid(5, 4));
  });
});

describe("cropImage", () => {
  it("takes a rectangle", () => {
    expect(origins(cropImage(grid(5, 4), 1, 2, 3, 2))).toEqual(["1,2 2,2 3,2", "1,3 2,3 3,3"]);
  });
  it("repeats the nearest pixel outside", () => {
    expect(origins(cropImage(grid(2, 2), -1, -1, 4, 3))).toEqual([
      "0,0 0,0 1,0 1,0",
      "0,0 0,0 1,0 1,0",
      "0,1 0,1 1,1 1,1",
    ]);
  });
  it("refuses an empty rectangle", () => {
    expect(() => cropImage(grid(2, 2), 0, 0, 0, 1)).toThrow(ImageError);
  });
});

describe("resizeImage", () => {
  it("keeps a flat image flat, at the given size", async () => {
    const flat = { width: 7, height: 5, data: new Uint8Array(105).fill(77) };
    const resized = await resizeImage(flat, 4, 9);
    expect(resized).toEqual({ width: 4, height: 9, data: new Uint8Array(108).fill(77) });
  });
  /** A bright bell at (x, y). */
  function bell(size: number, x: number, y: number): RgbImage {
    const data = new Uint8Array(3 * size * size);
    for (let i = 0; i < size * size; i++) {
      const squaredDistance = ((i % size) - x) ** 2 + (Math.floor(i / size) - y) ** 2;
      data.fill(Math.round(250 * Math.exp(-squaredDistance / 72)), 3 * i, 3 * i + 3);
    }
    return { width: size, height: size, data };
  }

  /** Mean place of the brightness. */
  function centroid({ data, width, height }: RgbImage): [x: number, y: number] {
    let sum = 0;
    let sumX = 0;
    let sumY = 0;
    for (let i = 0; i < width * height; i++) {
      sum += data[3 * i]!;
      sumX += data[3 * i]! * (i % width);
      sumY += data[3 * i]! * Math.floor(i / width);
    }
    return [sumX / sum, sumY / sum];
  }

  it.each([
    [64, 56],
    [32, 100],
    [96, 128],
    [120, 224],
  ])("from 112×112 to %i×%i, everything keeps its place relative to the corners", async (width, height) => {
    const [x, y] = centroid(await resizeImage(bell(112, 50.3, 61.7), width, height));
    expect(Math.abs(((x + 0.5) * 112) / width - 0.5 - 50.3)).toBeLessThan(0.02);
    expect(Math.abs(((y + 0.5) * 112) / height - 0.5 - 61.7)).toBeLessThan(0.02);
  });
});

describe("warpImage", () => {
  const size = { width: 4, height: 3 };
  it("changes nothing under the identity", () => {
    expect(warpImage(grid(4, 3), [1, 0, 0, 0, 1, 0], size)).toEqual(grid(4, 3));
  });
  it("moves by whole pixels, with black or the nearest pixel outside", () => {
    const black = warpImage(grid(4, 3), [1, 0, 2, 0, 1, -1], size);
    expect(origins(black)).toEqual(["0,0 0,0 0,0 0,0", "2,0 3,0 0,0 0,0", "2,1 3,1 0,0 0,0"]);
    const edge = warpImage(grid(4, 3), [1, 0, 2, 0, 1, -1], { ...size, border: "edge" });
    expect(origins(edge)).toEqual(["2,0 3,0 3,0 3,0", "2,0 3,0 3,0 3,0", "2,1 3,1 3,1 3,1"]);
  });
  it("interpolates, and fades to black over the edge by the share outside", () => {
    const bright = { width: 2, height: 1, data: Uint8Array.of(100, 0, 0, 200, 0, 0) };
    const reds = (c: number, border: "black" | "edge"): number[] => {
      const { data } = warpImage(bright, [1, 0, c, 0, 1, 0], { width: 3, height: 1, border });
      return [data[0]!, data[3]!, data[6]!];
    };
    expect(reds(0.25, "black")).toEqual([125, 150, 0]);
    expect(reds(-0.25, "black")).toEqual([75, 175, 50]);
    expect(reds(-0.25, "edge")).toEqual([100, 175, 200]);
  });
  it("draws a ramp through any affine map as the map says, to half a level", () => {
    const [a, b, c, d, e, f] = [0.9, 0.2, 5.3, -0.15, 1.1, 9.7] as const;
    const { data } = warpImage(grid(60, 60, 4), [a, b, c, d, e, f], { width: 30, height: 30 });
    for (const [x, y] of [
      [0, 0],
      [10, 3],
      [29, 29],
      [7, 22],
    ] as const) {
      expect(Math.abs(data[3 * (y * 30 + x)]! - 4 * (a * x + b * y + c))).toBeLessThanOrEqual(0.52);
      expect(Math.abs(data[3 * (y * 30 + x) + 1]! - 4 * (d * x + e * y + f))).toBeLessThanOrEqual(0.52);
    }
  });
});

describe("padImage", () => {
  const image: RgbImage = { width: 1, height: 2, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };

  it("puts an image in the top left corner of a black one", () => {
    expect([...padImage(image, 2, 3).data]).toEqual([1, 2, 3, 0, 0, 0, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(padImage(image, 1, 2)).toBe(image);
  });

  it("refuses a smaller one", () => {
    expect(() => padImage(image, 1, 1)).toThrow(ImageError);
  });
});
