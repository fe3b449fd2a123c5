import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cropFor } from "./crop.ts";

describe("the cut around a face", () => {
  it("has room on all sides", () => {
    expect(cropFor({ x: 100, y: 90, width: 100, height: 120 }, { width: 400, height: 400 })).toEqual({
      x: 48,
      y: 48,
      width: 204,
      height: 204,
    });
  });

  it("lies within the photo, whatever the box", () => {
    const side = fc.integer({ min: 1, max: 5000 });
    const place = fc.double({ min: -200, max: 5000, noNaN: true });
    fc.assert(
      fc.property(place, place, side, side, side, side, (x, y, boxWidth, boxHeight, width, height) => {
        const cut = cropFor({ x, y, width: boxWidth, height: boxHeight }, { width, height });
        expect(cut.width).toBe(cut.height);
        expect(cut.width).toBeGreaterThanOrEqual(1);
        expect(Math.min(cut.x, cut.y)).toBeGreaterThanOrEqual(0);
        expect(cut.x + cut.width).toBeLessThanOrEqual(width);
        expect(cut.y + cut.height).toBeLessThanOrEqual(height);
      }),
    );
  });
});
