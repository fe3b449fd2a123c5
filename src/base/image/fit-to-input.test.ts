import { describe, expect, it } from "vitest";
import { fitToInput } from "./fit-to-input.ts";
import type { RgbImage } from "./index.ts";

/** Pixels whose red is twice the column, green twice the row. */
function ramp(width: number, height: number): RgbImage {
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) data.set([2 * (i % width), 2 * Math.floor(i / width), 0], 3 * i);
  return { width, height, data };
}

function pixel({ data, width }: RgbImage, x: number, y: number): number[] {
  return [...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 2)];
}

describe("fitToInput", () => {
  it("takes columns 8 … 103 of 112×112 for 112×96, pixel for pixel", async () => {
    const fitted = await fitToInput(ramp(112, 112), 112, 96);
    expect([fitted.width, fitted.height]).toEqual([96, 112]);
    expect(pixel(fitted, 0, 0)).toEqual([16, 0]);
    expect(pixel(fitted, 95, 111)).toEqual([206, 222]);
  });

  it("leaves an image of the right size as it is", async () => {
    const image = ramp(112, 112);
    expect(await fitToInput(image, 112, 112)).toBe(image);
  });

  it("repeats 8 columns on either side of 112×96 for 112×112", async () => {
    const fitted = await fitToInput(ramp(96, 112), 112, 112);
    expect([pixel(fitted, 0, 5), pixel(fitted, 8, 5), pixel(fitted, 9, 5)]).toEqual([
      [0, 10],
      [0, 10],
      [2, 10],
    ]);
    expect([pixel(fitted, 103, 5), pixel(fitted, 111, 5)]).toEqual([
      [190, 10],
      [190, 10],
    ]);
  });

  it.each([
    [64, 64],
    [56, 48],
    [224, 192],
    [128, 128],
  ])("puts the landmarks of 112×112 where the scaled template of %i×%i has them", async (height, width) => {
    const fitted = await fitToInput(ramp(112, 112), height, width);
    expect([fitted.width, fitted.height]).toEqual([width, height]);
    // A place (x, y) of the source comes to ((x + ½ − 56) · s + w / 2 − ½, (y + ½) · s − ½).
    const scale = height / 112;
    for (const [x, y] of [
      [30, 40],
      [70, 60],
      [50, 90],
    ] as const) {
      const toX = Math.round((x + 0.5 - 56) * scale + width / 2 - 0.5);
      const toY = Math.round((y + 0.5) * scale - 0.5);
      const fromX = (toX + 0.5 - width / 2) / scale + 56 - 0.5;
      const fromY = (toY + 0.5) / scale - 0.5;
      const [red, green] = pixel(fitted, toX, toY) as [number, number];
      expect(Math.abs(red - 2 * fromX)).toBeLessThan(1.1);
      expect(Math.abs(green - 2 * fromY)).toBeLessThan(1.1);
    }
  });
});
