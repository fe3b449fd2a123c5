/** The images that a command is given: files, folders with images below them, and "-" for standard input. */
import { existsSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { ImageError } from "../base/core/index.ts";
import { listImages as listFiles, type PassedOver } from "../base/files/index.ts";
import type { Photograph } from "../faces/face/index.ts";
import { notePassedOver } from "./output.ts";

/** The word for standard input, which holds one image. */
const STANDARD_INPUT = "-";

/** The images of a command, and the files below its folders that are not images. */
export type ImageInputs = { readonly files: readonly string[]; readonly passedOver: readonly PassedOver[] };

/**
 * Paths of images: files as given, and the images below folders, recognized by their first bytes. Files that are passed
 * over are reported on stderr.
 * @throws {ImageError} for a path without a file, or without any image below the paths.
 */
export async function listImages(paths: readonly string[]): Promise<ImageInputs> {
  for (const path of paths) {
    if (path === STANDARD_INPUT || existsSync(path)) continue;
    throw new ImageError(`nothing at '${path}', expected an image or a folder of images`, { file: path });
  }
  const { images, passedOver } = await listFiles(paths.filter((path) => path !== STANDARD_INPUT));
  notePassedOver(passedOver);
  const files = images.map(({ path }) => path);
  if (paths.includes(STANDARD_INPUT)) files.unshift(STANDARD_INPUT);
  if (files.length === 0) throw new ImageError(`no image below ${paths.map((path) => `'${path}'`).join(", ")}`);
  return { files, passedOver };
}

/** The photograph that a word of the command line means: a path, or the bytes of standard input. */
export async function photographOf(path: string): Promise<Photograph> {
  return path === STANDARD_INPUT ? buffer(process.stdin) : path;
}
