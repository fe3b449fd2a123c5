import type { RgbImage } from "./rgb-image.ts";

/** How a network wants its pixels: order of the color planes, and value = (pixel − mean) / std, pixels 0–255. */
export type PlaneFormat = { readonly channels: "rgb" | "bgr"; readonly mean: number; readonly std: number };

/** Writes a picture as three planes of 3 · width · height numbers in all, as networks take them. */
export function writePlanes({ width, height, data }: RgbImage, format: PlaneFormat, target: Float32Array): void {
  const { channels, mean, std } = format;
  const pixelCount = width * height;
  for (let channel = 0; channel < 3; channel++) {
    const source = channels === "rgb" ? channel : 2 - channel;
    const offset = channel * pixelCount;
    for (let pixel = 0; pixel < pixelCount; pixel++) {
      target[offset + pixel] = (data[3 * pixel + source]! - mean) / std;
    }
  }
}
