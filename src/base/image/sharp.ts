import sharp, { type Sharp } from "sharp";
import { ImageError, requirePositive } from "../core/index.ts";
import type { RgbImage } from "./rgb-image.ts";

// libvips would otherwise keep decoded pictures and open files of its own accord: callers hold what they want held.
// One thread a picture, since many small pictures are decoded side by side on libuv's worker threads.
sharp.cache(false);
sharp.concurrency(1);

/** Decodes JPEG, PNG, WebP, GIF (first frame) and TIFF (first page) with libvips, on a worker thread. */
export async function decodeWithSharp(bytes: Uint8Array, format: string, maxPixels: number): Promise<RgbImage> {
  try {
    const { data, info } = await sharp(bytes, {
      limitInputPixels: maxPixels,
      // A cut-off picture would come out half gray; a mere warning, such as stray bytes between markers, is harmless.
      failOn: "error",
      sequentialRead: true,
      autoOrient: true,
    })
      .toColorspace("srgb")
      .removeAlpha()
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: info.channels === 3 ? plain(data) : grayToRgb(data) };
  } catch (cause) {
    throw new ImageError(`${format}: cannot be decoded: ${firstLine(cause)}`, { cause });
  }
}

/** What pictures are decoded with: versions of sharp and libvips, and the formats that this libvips reads from memory. */
export type ImageLibrary = { readonly sharp: string; readonly libvips: string; readonly formats: readonly string[] };

/** The image library at hand. Its formats are more than `decodeImage` lets through. */
export function imageLibrary(): ImageLibrary {
  const formats = Object.values(sharp.format).filter(({ input }) => input.buffer);
  return {
    sharp: sharp.versions.sharp ?? "unknown",
    libvips: sharp.versions.vips,
    formats: formats.map(({ id }) => id).sort(),
  };
}

/** How a picture is written: JPEG with a quality of 1–100 (default 90, chroma kept whole), or PNG without loss. */
export type EncodeOptions = { readonly format: "jpeg" | "png"; readonly quality?: number };

/** Encodes a picture as JPEG or PNG. */
export async function encodeImage(image: RgbImage, { format, quality = 90 }: EncodeOptions): Promise<Uint8Array> {
  const pipeline = fromPixels(image);
  const encoded = format === "jpeg" ? pipeline.jpeg({ quality, chromaSubsampling: "4:4:4" }) : pipeline.png();
  return plain(await encoded.toBuffer());
}

/** Scales a picture down with libvips, by Lanczos with three lobes widened by the factor; on a worker thread. */
export async function reduceWithSharp(image: RgbImage, width: number, height: number): Promise<RgbImage> {
  const data = await fromPixels(image).resize(width, height, { fit: "fill", kernel: "lanczos3" }).raw().toBuffer();
  return { width, height, data: plain(data) };
}

/**
 * Draws an SVG document as PNG by librsvg, at `density` pixels for each CSS pixel. It knows no CSS variables, and its
 * letters are those of the system's fonts.
 *
 * @throws {ImageError} when it is no SVG.
 */
export async function rasterizeSvg(
  svg: string,
  { density = 2 }: { readonly density?: number } = {},
): Promise<Uint8Array> {
  requirePositive("rasterizeSvg: density", density);
  try {
    return plain(
      await sharp(Buffer.from(svg), { density: CSS_DENSITY * density })
        .png()
        .toBuffer(),
    );
  } catch (cause) {
    throw new ImageError(`svg: cannot be drawn: ${firstLine(cause)}`, { cause });
  }
}

/** The density at which libvips draws a CSS pixel as one pixel. */
const CSS_DENSITY = 72;

function fromPixels({ data, width, height }: RgbImage): Sharp {
  if (data.length !== 3 * width * height) {
    throw new ImageError(`image: got ${data.length} bytes, expected ${3 * width * height} for ${width}×${height} RGB`);
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** The same memory as a plain Uint8Array, whose `slice` copies, as a Buffer's does not. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

function grayToRgb(gray: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(3 * gray.length);
  for (let i = 0; i < gray.length; i++) rgb.fill(gray[i]!, 3 * i, 3 * i + 3);
  return rgb;
}

function firstLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split("\n")[0]!;
}
