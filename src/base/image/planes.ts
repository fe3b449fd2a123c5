import type { RgbImage } from "./rgb-image.ts";

/** A network's input format: order of the color planes, and value = (pixel − mean) / std for pixels in 0–255. */
export type PlaneFormat = { readonly channels: "rgb" | "bgr"; readonly mean: number; readonly std: number };

/** Writes an image as three color planes, 3 · width · height numbers in all, into `target`. */
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
