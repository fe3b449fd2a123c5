/**
 * HEIC, the format of iPhones, by libheif-js (LGPL-3.0): an optional package, WebAssembly that holds the thread it
 * runs on. So it runs on a thread that is loaded with the first such image, decodes one image at a time, and is ended
 * when it takes too long or WebAssembly fails.
 */
import { ImageError } from "../core/index.ts";
import { type KeptThread, keepThread } from "../threads/index.ts";
import type { DecodeLimits } from "./image-size.ts";
import type { RgbImage } from "./rgb-image.ts";

/** A file to decode, and the most pixels it may have. */
export type HeicTask = { readonly bytes: Uint8Array; readonly maxPixels: number };

/** WebAssembly that trapped or ran out of memory: nothing in it can be relied on afterwards. */
class DecoderFault extends ImageError {}

type HeicThread = KeptThread<null, HeicTask, RgbImage>;

/** Pixels of an image after which the thread is ended: WebAssembly never gives memory back. */
const LARGE = 16e6;

let starting: Promise<HeicThread> | undefined;
/** Resolves when the image before has been decoded. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Decodes the primary image of a HEIC file, with its rotation applied. @throws {ImageError} when it cannot be
 * decoded.
 */
export function decodeHeic(bytes: Uint8Array, limits: Required<DecodeLimits>): Promise<RgbImage> {
  const decoded = last.then(() => decodeAlone(bytes, limits));
  last = decoded.catch(() => undefined);
  return decoded;
}

async function decodeAlone(bytes: Uint8Array, limits: Required<DecodeLimits>): Promise<RgbImage> {
  const { maxPixels, maxSeconds } = limits;
  const thread = await (await openKept()).running();
  const copy = Uint8Array.from(bytes); // Moves to the thread, and the caller keeps its own.
  const start = performance.now();
  const overrun = (options?: ErrorOptions) =>
    new ImageError(`heic: decoding took longer than ${maxSeconds} s (option maxSeconds)`, options);
  let image: RgbImage;
  try {
    image = await thread.ask({ bytes: copy, maxPixels }, { transfer: [copy.buffer], seconds: maxSeconds });
  } catch (cause) {
    const isOverrun = thread.isStopped;
    if (isOverrun || cause instanceof DecoderFault) await thread.stop();
    throw isOverrun ? overrun({ cause }) : cause;
  }
  if (image.width * image.height > LARGE) await thread.stop();
  // Timers wait for whole milliseconds: an answer may be there first, and late all the same.
  if (performance.now() - start > 1000 * maxSeconds) throw overrun();
  return image;
}

async function openKept(): Promise<HeicThread> {
  starting ??= keepThread<null, HeicTask, RgbImage>("base/image/heic-thread", {
    data: null,
    stopped: () => new ImageError("heic: the decoder has ended"),
    receive: ({ code, message }) =>
      code === "COSFACE_IMAGE" ? new ImageError(message) : new DecoderFault(`heic: cannot be decoded: ${message}`),
  });
  try {
    return await starting;
  } catch (cause) {
    starting = undefined;
    throw cause;
  }
}
