/** Files of lines, such as exports and backups: written whole or not at all, and readable by their owner alone. */
import { existsSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip, createGzip } from "node:zlib";
import { GalleryError, OptionError } from "../base/core/index.ts";
import { writeAtomically } from "../base/files/index.ts";

/** How a file is written: gzip takes half the place and has a checksum. */
export type LineFormat = { readonly gzip: boolean };

/** Writes lines beside their place and, when all are on the disk, gives the file its name. @throws {OptionError} when it is taken. */
export async function writeLines(file: string, lines: AsyncIterable<string>, { gzip }: LineFormat): Promise<void> {
  if (existsSync(file)) throw new OptionError(`'${file}' is there already: name another file`);
  const text = withEnds(lines);
  await writeAtomically(file, gzip ? pipeline(text, createGzip({ level: 1 }), passOn) : text, { mode: 0o600 });
}

/** The lines of a file, without their ends. @throws {GalleryError} when a file of gzip is damaged. */
export async function* readLines(file: string, { gzip }: LineFormat): AsyncGenerator<string> {
  const handle = await open(file);
  try {
    yield* gzip ? unzippedLines(file, handle) : split(handle.createReadStream({ autoClose: false }));
  } finally {
    await handle.close();
  }
}

/** What standard input has, as lines. */
export function standardInputLines(): AsyncGenerator<string> {
  return split(process.stdin);
}

async function* unzippedLines(file: string, handle: FileHandle): AsyncGenerator<string> {
  const unzipped = pipeline(handle.createReadStream({ autoClose: false }), createGunzip(), passOn);
  try {
    yield* split(unzipped);
  } catch (cause) {
    const isZip = ((cause as { code?: unknown }).code as string | undefined)?.startsWith("Z_");
    throw isZip ? new GalleryError(`'${file}' is cut off, damaged or no backup`, { cause }) : cause;
  }
}

/** A pipeline ends its last stream with the error of the first, so that whoever reads it is told: this need not. */
function passOn(): void {}

async function* split(chunks: NodeJS.ReadableStream): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of chunks.setEncoding("utf8")) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}

async function* withEnds(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}
