import { requireInteger } from "../core/index.ts";
import { codec } from "./platform.ts";
import { requireImage } from "./require-image.ts";
import type { RgbImage } from "./rgb-image.ts";
import { scaleMap, warpImage } from "./warp.ts";

/**
 * Scales an image to width × height at any aspect ratio; the corners of the two coincide. Sides that become shorter
 * are reduced with Lanczos, with its support widened by the factor against aliasing; sides that become longer are
 * interpolated linearly. (libvips 8.18 enlarges too, but shifts the result by half a pixel: too much for landmarks
 * that must match a template.)
 */
export async function resizeImage(image: RgbImage, width: number, height: number): Promise<RgbImage> {
  requireImage(image);
  requireInteger("width", width, 1);
  requireInteger("height", height, 1);
  const reducedWidth = Math.min(width, image.width);
  const reducedHeight = Math.min(height, image.height);
  const isReduced = reducedWidth < image.width || reducedHeight < image.height;
  const reduced = isReduced ? await codec.reduce(image, reducedWidth, reducedHeight) : image;
  if (reducedWidth === width && reducedHeight === height) return reduced;
  return warpImage(reduced, scaleMap(reduced, { width, height }), { width, height, border: "edge" });
}
