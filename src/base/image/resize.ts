import type { RgbImage } from "./rgb-image.ts";
import { reduceWithSharp } from "./sharp.ts";
import { scaleMap, warpImage } from "./warp.ts";

/**
 * Scales a picture to width × height, whatever its aspect ratio was; the corners of the two coincide. Sides that
 * become shorter are reduced with Lanczos, its support widened by the factor, so that there is no aliasing; sides that
 * become longer are interpolated linearly. (libvips 8.18 enlarges too, but half a pixel of the result off its place:
 * too much where landmarks must lie on a template.)
 */
export async function resizeImage(image: RgbImage, width: number, height: number): Promise<RgbImage> {
  const reducedWidth = Math.min(width, image.width);
  const reducedHeight = Math.min(height, image.height);
  const isReduced = reducedWidth < image.width || reducedHeight < image.height;
  const reduced = isReduced ? await reduceWithSharp(image, reducedWidth, reducedHeight) : image;
  if (reducedWidth === width && reducedHeight === height) return reduced;
  return warpImage(reduced, scaleMap(reduced, { width, height }), { width, height, border: "edge" });
}
