import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RgbImage } from "../../base/image/index.ts";
import { cropFrame, frameAround, fromFrame } from "./frame.ts";

/** An image whose red grows to the right and whose green grows downwards, by `step` a pixel. */
function ramp(width: number, height: number, step: number): RgbImage {
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) data.set([step * (i % width), step * Math.floor(i / width), 9], 3 * i);
  return { width, height, data };
}

describe("frameAround", () => {
  it("is a square around the middle, with an axis of length 1", () => {
    const frame = frameAround({ x: 10, y: 20, width: 30, height: 40 }, 1.5, [3, 4]);
    expect(frame).toEqual({ center: [25, 40], side: 60, axis: [0.6, 0.8] });
  });

  it("is upright where there is no direction", () => {
    expect(frameAround({ x: 0, y: 0, width: 1, height: 1 }, 1, [0, 0]).axis).toEqual([1, 0]);
  });
});

describe("cropFrame", () => {
  it.each([
    ["at its own scale", 40, 32, 1],
    ["enlarged", 20, 32, 1],
    ["reduced a little", 60, 32, 1],
    ["reduced a lot", 200, 20, 4],
  ])("%s shows the pixels at the places that fromFrame gives", async (_, side, size, stretch) => {
    const image = ramp(250, 250, 1);
    for (const axis of [
      [1, 0],
      [0.8, 0.6],
      [0.6, -0.8],
      [0, 1],
    ] as const) {
      const frame = { center: [124, 123], side: side / Math.SQRT2, axis } as const;
      const crop = await cropFrame(image, frame, size);
      for (const [column, row] of [
        [2, 2],
        [size - 3, 2],
        [3, size - 4],
        [size / 2, size / 2],
      ] as const) {
        const [x, y] = fromFrame(frame, [(column + 0.5) / size, (row + 0.5) / size]);
        const at = 3 * (row * size + column);
        expect(Math.abs(crop.data[at]! - x)).toBeLessThanOrEqual(stretch);
        expect(Math.abs(crop.data[at + 1]! - y)).toBeLessThanOrEqual(stretch);
      }
    }
  });

  it("is black outside the image, also where nothing of it is inside", async () => {
    const image = ramp(20, 20, 1);
    for (const side of [8, 400]) {
      const { data } = await cropFrame(image, { center: [-900, 10], side, axis: [1, 0] }, 8);
      expect(data.every((value) => value === 0)).toBe(true);
    }
  });
});

describe("fromFrame", () => {
  it("keeps lengths in proportion to the side, and takes the middle to the middle", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const point = fc.tuple(share, share);
    const check = fc.property(point, point, fc.double({ min: -3, max: 3, noNaN: true }), (a, b, angle) => {
      const frame = { center: [7, -3], side: 50, axis: [Math.cos(angle), Math.sin(angle)] } as const;
      const [p, q] = [fromFrame(frame, a), fromFrame(frame, b)];
      expect(Math.hypot(p[0] - q[0], p[1] - q[1])).toBeCloseTo(50 * Math.hypot(a[0] - b[0], a[1] - b[1]), 6);
      expect(fromFrame(frame, [0.5, 0.5])).toEqual([7, -3]);
    });
    fc.assert(check, { seed: 1 });
  });
});
