/**
 * The codec decodes and encodes compressed images and reduces large ones. This file is the interface; one file for
 * each platform implements it (`sharp.ts`: libvips in Node.js), and `platform.ts` chooses. BMP and Netpbm are decoded
 * in TypeScript and need no codec.
 */
import type { ImageFormat } from "../files/index.ts";
import type { DecodeLimits } from "./image-size.ts";
import type { RgbImage } from "./rgb-image.ts";

/** Formats that a codec decodes. */
export type CodecFormat = Exclude<ImageFormat, "bmp" | "pnm">;

/** Versions of the image library, and the formats that it can read from memory. */
export type ImageLibrary = { readonly sharp: string; readonly libvips: string; readonly formats: readonly string[] };

/** How an image is written: JPEG with a quality of 1–100 (default 90, chroma not subsampled), or lossless PNG. */
export type EncodeOptions = { readonly format: "jpeg" | "png"; readonly quality?: number };

/** What one platform provides to read and write images. */
export interface ImageCodec {
  /**
   * Decodes the first frame to RGB in sRGB, with the EXIF orientation applied and an alpha channel dropped.
   * @param seconds - the most that it takes on one core; undefined if the header does not say it.
   * @throws {ImageError} when the bytes are damaged or cut off, or decoding exceeds the limits.
   */
  decode(
    bytes: Uint8Array,
    format: CodecFormat,
    limits: Required<DecodeLimits>,
    seconds: number | undefined,
  ): Promise<RgbImage>;
  /** Encodes an image. @throws {ImageError} when its data does not have 3 · width · height bytes. */
  encode(image: RgbImage, options: EncodeOptions): Promise<Uint8Array>;
  /** Reduces an image by Lanczos with three lobes, widened by the factor. Both sides must not grow. */
  reduce(image: RgbImage, width: number, height: number): Promise<RgbImage>;
  /** Draws an SVG document as PNG at `density` pixels for each CSS pixel. @throws {ImageError} when it is not SVG. */
  rasterize(svg: string, density: number): Promise<Uint8Array>;
  /** Loads the library, if that has not happened, and reports its versions. */
  library(): Promise<ImageLibrary>;
}
