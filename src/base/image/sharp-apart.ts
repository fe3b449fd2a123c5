/**
 * libvips in separate processes, for images that may take long: it cannot be interrupted while it reads a file, and
 * would hold a thread that all images wait for. Formats whose header does not say what decoding will cost go here too.
 */
import { ImageError } from "../core/index.ts";
import { receiveError } from "../threads/index.ts";
import { ApartDecoder, type DecoderTask } from "./apart-decoder.ts";
import type { RgbImage } from "./rgb-image.ts";

/** Processes at most: while an image uses up its time in one, others go through the other. */
const PROCESS_COUNT = 2;

const decoders = Array.from(
  { length: PROCESS_COUNT },
  () =>
    new ApartDecoder("base/image/sharp-process", {
      isProcess: true,
      receive: (error) => (error.code === "COSFACE_IMAGE" ? new ImageError(error.message) : receiveError(error)),
      endsAfter: () => false,
    }),
);

/** Decodes an image in the process that fewer images wait for. @throws {ImageError} as `ApartDecoder`. */
export function decodeInProcess(task: DecoderTask): Promise<RgbImage> {
  const free = decoders.reduce((best, one) => (one.waitingCount < best.waitingCount ? one : best));
  return free.decode(task);
}
