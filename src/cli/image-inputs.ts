/** The images that a command is given: files, folders with images below them, and "-" for standard input. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { ImageError } from "../base/core/index.ts";
import { describePassedOver, listImages as listFiles, type PassedOver } from "../base/files/index.ts";
import { decodeImage, type RgbImage } from "../base/image/index.ts";
import { note } from "./output.ts";

/** Word that stands for standard input, which holds one image. */
const STANDARD_INPUT = "-";

/**
 * Paths of images: files as they are given, and the images below folders, recognized by their first bytes. Prints a
 * note about files that are passed over.
 * @throws {ImageError} when there is nothing at a path, or no image below any.
 */
export async function listImages(paths: readonly string[]): Promise<string[]> {
  for (const path of paths) {
    if (path !== STANDARD_INPUT && !existsSync(path)) {
      throw new ImageError(`nothing at '${path}', expected an image or a folder of them`);
    }
  }
  const { images, passedOver } = await listFiles(paths.filter((path) => path !== STANDARD_INPUT));
  const files = images.map(({ path }) => path);
  notePassedOver(passedOver);
  if (paths.includes(STANDARD_INPUT)) files.unshift(STANDARD_INPUT);
  if (files.length === 0) throw new ImageError(`no image below ${paths.map((path) => `'${path}'`).join(", ")}`);
  return files;
}

/** Prints a note about files that a folder's reader did not take, if there are any. */
export function notePassedOver(passedOver: readonly PassedOver[]): void {
  const line = describePassedOver(passedOver);
  if (line !== undefined) note(line);
}

/** Reads and decodes an image. @throws {ImageError} when the file cannot be read or is not an image. */
export async function readImage(path: string): Promise<RgbImage> {
  let bytes: Uint8Array;
  try {
    bytes = path === STANDARD_INPUT ? await buffer(process.stdin) : await readFile(path);
  } catch (cause) {
    throw new ImageError(`the file cannot be read: ${(cause as NodeJS.ErrnoException).code ?? "error"}`, { cause });
  }
  return decodeImage(bytes);
}
