/** Files of lines, such as exports and backups: written whole or not at all, and readable by their owner alone. */
import { existsSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip, createGzip } from "node:zlib";
import { GalleryError, OptionError } from "../base/core/index.ts";
import { writeAtomically } from "../base/files/index.ts";

/** How a file is written: gzip takes half the space and has a checksum. */
export type LineFormat = { readonly gzip: boolean };

/** Writes a new file of lines, whole or not at all. @throws {OptionError} when the file exists. */
export async function writeLines(file: string, lines: AsyncIterable<string>, { gzip }: LineFormat): Promise<void> {
  if (existsSync(file)) throw new OptionError(`'${file}' exists: name another file`, { file });
  const text = withTerminators(lines);
  await writeAtomically(file, gzip ? pipeline(text, createGzip({ level: 1 }), passOn) : text, { mode: 0o600 });
}

/**
 * Opens a file at once, and then yields its lines without terminators.
 * @throws {GalleryError} when the file cannot be opened, and from the lines when a gzip file is damaged.
 */
export async function openLines(file: string, format: LineFormat): Promise<AsyncGenerator<string>> {
  const handle = await open(file).catch((cause: NodeJS.ErrnoException) => {
    throw new GalleryError(`'${file}' cannot be opened (${cause.code})`, { cause, file });
  });
  return linesOf(file, handle, format);
}

async function* linesOf(file: string, handle: FileHandle, { gzip }: LineFormat): AsyncGenerator<string> {
  try {
    yield* gzip ? unzippedLines(file, handle) : split(handle.createReadStream({ autoClose: false }));
  } finally {
    await handle.close();
  }
}

/** The lines of standard input. */
export function standardInputLines(): AsyncGenerator<string> {
  return split(process.stdin);
}

async function* unzippedLines(file: string, handle: FileHandle): AsyncGenerator<string> {
  const unzipped = pipeline(handle.createReadStream({ autoClose: false }), createGunzip(), passOn);
  try {
    yield* split(unzipped);
  } catch (cause) {
    const isZip = ((cause as { code?: unknown }).code as string | undefined)?.startsWith("Z_");
    throw isZip ? new GalleryError(`'${file}' is truncated, damaged or not a backup`, { cause, file }) : cause;
  }
}

/**
 * A pipeline ends its last stream with the error of the first, so the reader gets it; this callback has nothing to do.
 */
function passOn(): void {}

/** Most characters of a line, as of a backup's: a template with its thumbnail has some thousands. */
const LONGEST_LINE = 100e6;

/**
 * Lines of a stream. Pieces of a line are joined once, at its end: a file may be one line of any length.
 * @throws {GalleryError} for a line that is longer than any of an export or a backup.
 */
async function* split(chunks: NodeJS.ReadableStream): AsyncGenerator<string> {
  let pieces: string[] = [];
  let length = 0;
  let number = 1;
  for await (const chunk of chunks.setEncoding("utf8")) {
    const [first = "", ...others] = String(chunk).split("\n");
    pieces.push(first);
    length += first.length;
    if (length > LONGEST_LINE) {
      throw new GalleryError(
        `line ${number}: got more than ${LONGEST_LINE} characters, expected an export or a backup`,
      );
    }
    const last = others.pop();
    if (last === undefined) continue;
    yield pieces.join("");
    yield* others;
    number += 1 + others.length;
    pieces = [last];
    length = last.length;
  }
  if (length > 0) yield pieces.join("");
}

async function* withTerminators(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}
