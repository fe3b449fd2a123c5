/**
 * The codec of Node.js: sharp, a native package around libvips that is loaded when the first image needs it; HEIC
 * apart.
 */
import type { Sharp as Pipeline, default as Sharp } from "sharp";
import { ImageError } from "../core/index.ts";
import type { CodecFormat, ImageCodec } from "./codec.ts";
import { isQuick } from "./decode-cost.ts";
import { decodeHeic } from "./heic.ts";
import { type DecodeLimits, limitHint } from "./image-size.ts";
import type { RgbImage } from "./rgb-image.ts";
import { decodeInProcess } from "./sharp-apart.ts";

let loading: Promise<typeof Sharp> | undefined;

/** An error of loading is passed on as it is: it says which package is missing on this machine. */
function loadSharp(): Promise<typeof Sharp> {
  loading ??= import("sharp").then(({ default: sharp }) => {
    // libvips would otherwise keep decoded images and open files: callers hold what they need. One thread for each
    // image, since many small images are decoded side by side on libuv's worker threads.
    sharp.cache(false);
    sharp.concurrency(1);
    return sharp;
  });
  return loading;
}

/** sharp as an image codec; its work runs on threads of libuv, or in a process if it may take long. */
export const sharpCodec: ImageCodec = {
  async decode(bytes, format, limits, seconds) {
    if (format === "heic") return decodeHeic(bytes, limits);
    return isQuick(seconds) ? decodeBySharp(bytes, format, limits) : decodeInProcess({ bytes, format, limits });
  },

  async encode(image, { format, quality = 90 }) {
    const pipeline = fromPixels(await loadSharp(), image);
    const encoded = format === "jpeg" ? pipeline.jpeg({ quality, chromaSubsampling: "4:4:4" }) : pipeline.png();
    return plain(await encoded.toBuffer());
  },

  async reduce(image, width, height) {
    const pipeline = fromPixels(await loadSharp(), image);
    const data = await pipeline.resize(width, height, { fit: "fill", kernel: "lanczos3" }).raw().toBuffer();
    return { width, height, data: plain(data) };
  },

  async rasterize(svg, density) {
    const sharp = await loadSharp();
    try {
      const pipeline = sharp(new TextEncoder().encode(svg), { density: CSS_DENSITY * density });
      return plain(await pipeline.png().toBuffer());
    } catch (cause) {
      throw new ImageError(`svg: cannot be drawn: ${firstLine(cause)}`, { cause });
    }
  },

  async library() {
    const { format, versions } = await loadSharp();
    const formats = Object.values(format).filter(({ input }) => input.buffer);
    return {
      sharp: versions.sharp ?? "unknown",
      libvips: versions.vips,
      formats: formats.map(({ id }) => id).sort(),
    };
  },
};

/** Decodes an image on a thread of libuv. @throws {ImageError} as {@link ImageCodec.decode}. */
export async function decodeBySharp(
  bytes: Uint8Array,
  format: CodecFormat,
  { maxPixels, maxSeconds }: Required<DecodeLimits>,
): Promise<RgbImage> {
  const sharp = await loadSharp();
  try {
    const decoding = sharp(bytes, {
      limitInputPixels: maxPixels,
      // A cut-off image would come out half gray; a mere warning, such as stray bytes between markers, is harmless.
      failOn: "error",
      sequentialRead: true,
      autoOrient: true,
    })
      .toColorspace("srgb")
      .removeAlpha()
      .raw({ depth: "uchar" })
      .timeout({ seconds: Math.ceil(maxSeconds) })
      .toBuffer({ resolveWithObject: true });
    const { data, info } = await withinSeconds(decoding, maxSeconds);
    return { width: info.width, height: info.height, data: info.channels === 3 ? plain(data) : grayToRgb(data) };
  } catch (cause) {
    const isOverrun = cause === OVERRUN || firstLine(cause).startsWith("timeout:");
    const reason = isOverrun
      ? `decoding took longer than ${maxSeconds} s (${limitHint("maxSeconds")})`
      : `cannot be decoded: ${firstLine(cause)}`;
    throw new ImageError(`${format}: ${reason}`, isOverrun ? {} : { cause });
  }
}

const OVERRUN = Symbol("overrun");

/**
 * Rejects with `OVERRUN` when the time is over. libvips ends its work by its own clock, but only while it makes
 * pixels: a caller need not wait until a progressive image has been read.
 */
async function withinSeconds<T>(result: Promise<T>, seconds: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const overrun = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(OVERRUN), 1000 * seconds);
  });
  try {
    return await Promise.race([result, overrun]);
  } finally {
    clearTimeout(timer);
  }
}

/** The density at which libvips draws a CSS pixel as one pixel. */
const CSS_DENSITY = 72;

function fromPixels(sharp: typeof Sharp, { data, width, height }: RgbImage): Pipeline {
  if (data.length !== 3 * width * height) {
    throw new ImageError(`image: got ${data.length} bytes, expected ${3 * width * height} for ${width}×${height} RGB`);
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** The same memory as a plain Uint8Array, whose `slice` copies; a Buffer's does not. */
function plain({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function grayToRgb(gray: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(3 * gray.length);
  gray.forEach((level, i) => {
    rgb[3 * i] = level;
    rgb[3 * i + 1] = level;
    rgb[3 * i + 2] = level;
  });
  return rgb;
}

function firstLine(cause: unknown): string {
  const [line = ""] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
  return line;
}
