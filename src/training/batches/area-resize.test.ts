import { describe, expect, it } from "vitest";
import { random } from "../../base/core/index.ts";
import { areaInto } from "./area-resize.ts";

/** The definition, word for word: the mean of source over the rectangle of each target pixel. */
function slowArea(source: Uint8Array, width: number, height: number, toWidth: number, toHeight: number): number[] {
  const overlap = (i: number, step: number, pixel: number): number =>
    Math.max(0, Math.min((i + 1) * step, pixel + 1) - Math.max(i * step, pixel));
  const means: number[] = [];
  for (let y = 0; y < toHeight; y++) {
    for (let x = 0; x < toWidth; x++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let row = 0; row < height; row++) {
          for (let column = 0; column < width; column++) {
            const share = overlap(x, width / toWidth, column) * overlap(y, height / toHeight, row);
            sum += share * source[3 * (row * width + column) + channel]!;
          }
        }
        means.push((sum * toWidth * toHeight) / (width * height));
      }
    }
  }
  return means;
}

describe("areaInto", () => {
  it.each([
    [8, 6, 4, 3],
    [9, 7, 4, 3],
    [12, 14, 11, 13],
    [5, 5, 5, 5],
    [7, 3, 1, 1],
  ])("gives means of %i×%i for %i×%i, to half a level", (width, height, toWidth, toHeight) => {
    const numbers = random(1, "area");
    const data = Uint8Array.from({ length: 3 * width * height }, () => numbers.integer(256));
    const reduced = new Uint8Array(3 * toWidth * toHeight);
    areaInto({ width, height, data }, { width: toWidth, height: toHeight, data: reduced });
    slowArea(data, width, height, toWidth, toHeight).forEach((mean, i) => {
      expect(Math.abs(reduced[i]! - mean)).toBeLessThanOrEqual(0.52);
    });
  });

  it("keeps white white", () => {
    const white = { width: 96, height: 112, data: new Uint8Array(3 * 96 * 112).fill(255) };
    const reduced = new Uint8Array(3 * 37 * 41);
    areaInto(white, { width: 37, height: 41, data: reduced });
    expect(reduced.every((value) => value === 255)).toBe(true);
  });
});
