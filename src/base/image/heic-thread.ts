/** The thread of the HEIC decoder; `heic.ts` starts it. */
import { createRequire } from "node:module";
import { ImageError } from "../core/index.ts";
import { answerQuestions } from "../threads/index.ts";
import type { DecoderTask } from "./apart-decoder.ts";
import { type DecodeLimits, limitHint } from "./image-size.ts";
import type { RgbImage } from "./rgb-image.ts";

/** What is used of libheif-js 1.23, which has no types. */
type Libheif = { readonly HeifDecoder: new () => { decode(bytes: Uint8Array): readonly HeifImage[] } };

type HeifImage = {
  get_width(): number;
  get_height(): number;
  is_primary(): number | boolean;
  /** Fills `target.data` with RGBA and calls back with it, or with null when the image is damaged. */
  display(target: HeifPixels, done: (pixels: HeifPixels | null) => void): void;
  free(): void;
};

type HeifPixels = { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number };

// libheif writes its complaints to the console, which would mix with a command's result.
console.log = () => {};
console.error = () => {};
console.warn = () => {};

await answerQuestions(async () => {
  const { HeifDecoder } = load();
  // One decoder, since each frees only its own last file.
  const decoder = new HeifDecoder();
  return { opened: null, answer: ({ bytes, limits }: DecoderTask) => decode(decoder.decode(bytes), limits) };
});

function load(): Libheif {
  try {
    return createRequire(import.meta.url)("libheif-js/wasm-bundle") as Libheif;
  } catch {
    throw new ImageError(
      "heic: HEIC, as iPhones write it, needs libheif-js: npm install libheif-js, or export as JPEG",
    );
  }
}

async function decode(images: readonly HeifImage[], { maxPixels }: Required<DecodeLimits>): Promise<RgbImage> {
  try {
    const image = images.find((one) => one.is_primary()) ?? images[0];
    if (image === undefined) throw new ImageError("heic: cannot be decoded: no image in the file");
    const [width, height] = [image.get_width(), image.get_height()];
    if (!(width * height <= maxPixels)) {
      throw new ImageError(
        `heic: got an image of ${width}×${height} pixels, expected at most ${maxPixels} pixels (${limitHint("maxPixels")})`,
      );
    }
    const target = { data: new Uint8ClampedArray(4 * width * height), width, height };
    const pixels = await new Promise<HeifPixels | null>((resolve) => image.display(target, resolve));
    if (pixels === null) throw new ImageError("heic: cannot be decoded: damaged or cut off");
    return { width, height, data: withoutAlpha(pixels.data) };
  } finally {
    for (const image of images) image.free();
  }
}

function withoutAlpha(rgba: Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    rgb[to] = rgba[from]!;
    rgb[to + 1] = rgba[from + 1]!;
    rgb[to + 2] = rgba[from + 2]!;
  }
  return rgb;
}
