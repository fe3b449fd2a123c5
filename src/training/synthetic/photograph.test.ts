import { describe, expect, it } from "vitest";
import type { Photo } from "./conditions.ts";
import { photograph } from "./photograph.ts";
import { type Canvas, createCanvas } from "./surroundings.ts";

const NEUTRAL: Photo = { exposure: 0, contrast: 0, saturation: 0, warmth: 0, tint: 0, blur: 0, noise: 0 };

function canvasOf(color: (x: number, y: number) => readonly number[]): Canvas {
  const canvas = createCanvas(40, 30);
  for (let y = 0; y < 30; y++) for (let x = 0; x < 40; x++) canvas.data.set(color(x, y), 3 * (40 * y + x));
  return canvas;
}

const take = (canvas: Canvas, photo: Partial<Photo>): Uint8Array =>
  photograph(canvas, { ...NEUTRAL, ...photo }, 1, 7).data;

function moments(values: Uint8Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
}

describe("photograph", () => {
  it("takes the square root of light", () => {
    const pixels = take(
      canvasOf(() => [0.25, 0.04, 0]),
      {},
    );
    // 255 · √0.25 = 127.5, rounded up, and 255 · √0.04 = 51.
    expect([...pixels.subarray(0, 3)]).toEqual([128, 51, 0]);
  });

  it("doubles the light with each stop", () => {
    const bright = take(
      canvasOf(() => [0.1, 0.1, 0.1]),
      { exposure: 1 },
    );
    expect(Math.abs(bright[0]! - 255 * Math.sqrt(0.2))).toBeLessThan(1);
  });

  it("adds noise of the given standard deviation and no bias", () => {
    const gray = () => canvasOf(() => [0.2, 0.2, 0.2]);
    const still = moments(take(gray(), {}));
    const noisy = moments(take(gray(), { noise: 8 }));
    expect(still.deviation).toBe(0);
    // 3,600 values: the mean's standard error is 0.13, the deviation's 0.1.
    expect(Math.abs(noisy.deviation - 8)).toBeLessThan(0.5);
    expect(Math.abs(noisy.mean - still.mean)).toBeLessThan(0.7);
  });

  it("makes gray images at saturation −1 and warmer ones at positive warmth", () => {
    const colored = () => canvasOf(() => [0.3, 0.2, 0.1]);
    const [red, green, blue] = take(colored(), { saturation: -1 });
    expect(new Set([red, green, blue]).size).toBe(1);
    const [warmRed, , warmBlue] = take(colored(), { warmth: 0.5 });
    const [coldRed, , coldBlue] = take(colored(), { warmth: -0.5 });
    expect(warmRed! - warmBlue!).toBeGreaterThan(coldRed! - coldBlue! + 20);
  });

  it("blurs without changing the light's sum, the more the larger the radius", () => {
    const stripes = () => canvasOf((x) => (x % 8 < 4 ? [0.4, 0.4, 0.4] : [0.1, 0.1, 0.1]));
    const light = (canvas: Canvas): number => canvas.data.reduce((sum, value) => sum + value, 0);
    const blurred = stripes();
    const deviations = [0, 1, 2, 3].map((blur) => moments(take(stripes(), { blur })).deviation);
    expect(deviations).toEqual([...deviations].sort((a, b) => b - a));
    take(blurred, { blur: 2 });
    expect(light(blurred) / light(stripes())).toBeCloseTo(1, 2);
  });
});
