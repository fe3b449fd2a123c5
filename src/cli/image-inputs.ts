/** The pictures that a command is given: files, folders with pictures below them, and "-" for standard input. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { ImageError } from "../base/core/index.ts";
import { IMAGE_ENDING } from "../base/data/index.ts";
import { decodeImage, type RgbImage } from "../base/image/index.ts";

/** Word that stands for standard input, which holds one picture. */
const STANDARD_INPUT = "-";

/**
 * Paths of pictures: files as they are given, whatever their ending; in folders those with a picture's ending, at any
 * depth, sorted. Names that start with a dot are passed over.
 * @throws {ImageError} where there is nothing at a path, or a folder has no picture.
 */
export async function listImages(paths: readonly string[]): Promise<string[]> {
  const lists = paths.map(async (path) => {
    if (path === STANDARD_INPUT) return [path];
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) throw new ImageError(`nothing at '${path}', expected a picture or a folder of them`);
    return found.isDirectory() ? listFolder(path) : [path];
  });
  return (await Promise.all(lists)).flat();
}

async function listFolder(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  const images = files.filter((file) => IMAGE_ENDING.test(file) && !/(?:^|[/\\])\./.test(file)).sort();
  if (images.length === 0) throw new ImageError(`no picture below the folder '${folder}'`);
  return images.map((file) => join(folder, file));
}

/** Reads and decodes a picture. @throws {ImageError} when it cannot be read, or is none. */
export async function readImage(path: string): Promise<RgbImage> {
  let bytes: Uint8Array;
  try {
    bytes = path === STANDARD_INPUT ? await buffer(process.stdin) : await readFile(path);
  } catch (cause) {
    throw new ImageError(`the file cannot be read: ${(cause as NodeJS.ErrnoException).code ?? "error"}`, { cause });
  }
  return decodeImage(bytes);
}
