/**
 * HEIC, the format of iPhones, by libheif-js (LGPL-3.0): an optional package, WebAssembly that holds the thread it
 * runs on. So it runs apart, and is also ended when WebAssembly fails.
 */
import { ImageError } from "../core/index.ts";
import { ApartDecoder } from "./apart-decoder.ts";
import type { DecodeLimits } from "./image-size.ts";
import type { RgbImage } from "./rgb-image.ts";

/** WebAssembly that trapped or ran out of memory: nothing in it can be relied on afterwards. */
class DecoderFault extends ImageError {}

/** Pixels of an image after which the thread is ended: WebAssembly never gives memory back. */
const LARGE = 16e6;

const decoder = new ApartDecoder("base/image/heic-thread", {
  isProcess: false,
  receive: ({ code, message }) =>
    code === "COSFACE_IMAGE" ? new ImageError(message) : new DecoderFault(`heic: cannot be decoded: ${message}`),
  endsAfter: (outcome) =>
    outcome instanceof Error ? outcome instanceof DecoderFault : outcome.width * outcome.height > LARGE,
});

/**
 * Decodes the primary image of a HEIC file, with its rotation applied. @throws {ImageError} when it cannot be
 * decoded.
 */
export function decodeHeic(bytes: Uint8Array, limits: Required<DecodeLimits>): Promise<RgbImage> {
  return decoder.decode({ bytes, format: "heic", limits });
}
