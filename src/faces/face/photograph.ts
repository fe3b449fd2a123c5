/** A photograph as programs have it: a file, its bytes, or an image that is decoded already. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { CosfaceError, ImageError, OptionError, type UrlLike } from "../../base/core/index.ts";
import { describeReadError } from "../../base/files/index.ts";
import { decodeImage, type RgbImage, requireImage } from "../../base/image/index.ts";

const EXPECTED = "a path, a file URL, the bytes of an image file, or an image { width, height, data }";

/**
 * A photograph: the path or the `file:` URL of an image file, the bytes of one (a `Buffer` is a `Uint8Array`), or a
 * decoded image.
 */
export type Photograph = string | UrlLike | Uint8Array | ArrayBuffer | RgbImage;

/** @throws {OptionError | ImageError} for a value of another type; files are not looked at. */
export function requirePhotograph(photograph: Photograph, name?: string): void {
  const isEncoded = photograph instanceof Uint8Array || photograph instanceof ArrayBuffer;
  if (typeof photograph === "string" || photograph instanceof URL || isEncoded) return;
  try {
    requireImage(photograph, EXPECTED);
  } catch (cause) {
    if (name === undefined) throw cause;
    if (cause instanceof ImageError) throw new ImageError(`${name}: ${cause.message}`, { cause });
    throw cause instanceof OptionError ? new OptionError(`${name}: ${cause.message}`, { cause }) : cause;
  }
}

/**
 * Reads and decodes a photograph; a decoded image is checked and returned as it is.
 *
 * @throws {OptionError} for a value of another type; the message names what was got.
 * @throws {ImageError} for a file that cannot be read, bytes that are not an image, and a decoded image whose sides and
 *   data do not fit together. The message begins with the path, where there is one.
 */
export async function readPhotograph(photograph: Photograph): Promise<RgbImage> {
  if (typeof photograph === "string") return readImageFile(photograph);
  if (photograph instanceof URL) return readImageFile(pathOf(photograph));
  if (photograph instanceof Uint8Array) return decodeImage(photograph);
  if (photograph instanceof ArrayBuffer) return decodeImage(new Uint8Array(photograph));
  return requireImage(photograph, EXPECTED);
}

/** The encoded bytes of a photograph; undefined for a decoded image. @throws as {@link readPhotograph}. */
export async function readPhotographBytes(photograph: Photograph): Promise<Uint8Array | undefined> {
  if (typeof photograph === "string") return readBytes(photograph);
  if (photograph instanceof URL) return readBytes(pathOf(photograph));
  if (photograph instanceof Uint8Array) return photograph;
  if (photograph instanceof ArrayBuffer) return new Uint8Array(photograph);
  requireImage(photograph, EXPECTED);
  return undefined;
}

/** The path of a photograph that is a file; undefined for bytes and decoded images. */
export function photographPath(photograph: Photograph): string | undefined {
  if (typeof photograph === "string") return photograph;
  return photograph instanceof URL ? pathOf(photograph) : undefined;
}

function pathOf(url: URL): string {
  if (url.protocol === "file:") return fileURLToPath(url);
  throw new OptionError(
    `photograph: got a URL that begins with ${url.protocol}, expected file: fetch it first, and give its bytes`,
  );
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new ImageError(`${path}: ${describeReadError(cause as NodeJS.ErrnoException)}`, { cause, file: path });
  }
}

async function readImageFile(path: string): Promise<RgbImage> {
  const bytes = await readBytes(path);
  try {
    return await decodeImage(bytes);
  } catch (cause) {
    if (!(cause instanceof CosfaceError)) throw cause;
    throw new ImageError(`${path}: ${cause.message}`, { cause, file: path });
  }
}
