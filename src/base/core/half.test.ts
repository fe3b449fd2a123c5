import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHalf, toHalf } from "./half.ts";

describe("half precision", () => {
  it.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519, 0x7bff],
    [65520, 0x7c00],
    [Number.NEGATIVE_INFINITY, 0xfc00],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [2 ** -14, 0x0400],
    [0.333251953125, 0x3555],
    [2049, 0x6800],
    [2051, 0x6802],
    [1 - 2 ** -12, 0x3c00],
  ])("of %d is 0x%s (IEEE 754, ties to even)", (number, half) => {
    expect([...toHalf(Float32Array.of(number))]).toEqual([half]);
  });

  it("gives each of its numbers back", () => {
    const all = Uint16Array.from({ length: 0x10000 }, (_, i) => i).filter((half) => (half & 0x7c00) !== 0x7c00);
    expect(toHalf(fromHalf(all))).toEqual(all);
    expect([...fromHalf(Uint16Array.of(0x7c00, 0x7e00))]).toEqual([Number.POSITIVE_INFINITY, Number.NaN]);
  });

  it("is within half of its step", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -60000, max: 60000 }), (number) => {
        const [back] = fromHalf(toHalf(Float32Array.of(number)));
        expect(Math.abs(back! - number)).toBeLessThanOrEqual(Math.max(2 ** -25, Math.abs(number) * 2 ** -11));
      }),
    );
  });
});
