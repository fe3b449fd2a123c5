import { requireBetween, requireKind, requireKnownKeys, requireOneOf, requirePositive } from "../core/index.ts";
import type { EncodeOptions, ImageLibrary } from "./codec.ts";
import { codec } from "./platform.ts";
import { requireImage } from "./require-image.ts";
import type { RgbImage } from "./rgb-image.ts";

/**
 * Encodes an image as JPEG or PNG.
 *
 * @throws {OptionError} for another format, an option that does not exist, or a value that is not an image.
 * @throws {ImageError} when its data does not have 3 · width · height bytes.
 */
export async function encodeImage(image: RgbImage, options: EncodeOptions): Promise<Uint8Array> {
  requireImage(image);
  requireKnownKeys("options of encodeImage", options, { format: true, quality: true });
  requireOneOf("format", options.format, ["jpeg", "png"]);
  if (options.quality !== undefined) requireBetween("quality", options.quality, 1, 100);
  return codec.encode(image, options);
}

/**
 * Draws an SVG document as PNG with librsvg, at `density` pixels for each CSS pixel (default 2). It does not know CSS
 * variables, and text uses the system's fonts.
 *
 * @throws {ImageError} when the text is not SVG. @throws {OptionError} when the density is not positive.
 */
export async function rasterizeSvg(svg: string, options: { readonly density?: number } = {}): Promise<Uint8Array> {
  requireKind("drawing", svg, "a text");
  requireKnownKeys("options of rasterizeSvg", options, { density: true });
  const { density = 2 } = options;
  requirePositive("density of an SVG drawing", density);
  return codec.rasterize(svg, density);
}

/** Versions of the image library, and its formats: more than `decodeImage` accepts. Loads the library. */
export function imageLibrary(): Promise<ImageLibrary> {
  return codec.library();
}
