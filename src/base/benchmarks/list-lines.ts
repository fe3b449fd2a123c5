import { DatasetError, ImageError } from "../core/index.ts";
import { describeReadError, readBytes } from "../files/index.ts";

/** A line of a list that is not empty, and its number from 1. */
export type ListLine = { readonly content: string; readonly line: number };

/** The file's name, as messages name it: without its folder, which may be a person's. */
export function listName(path: string): string {
  return path.replace(/^.*[/\\]/, "");
}

/** Reads a list file. @throws {DatasetError} with its name and what it should be. */
export async function readListBytes(path: string, what: string): Promise<Uint8Array> {
  return readBytes(path).catch((cause: { readonly code?: string }) => {
    throw new DatasetError(`${listName(path)}: ${describeReadError(cause)}: expected ${what}`, { cause });
  });
}

/** Reads the file of an image. @throws {ImageError} that begins with `source`, without the path. */
export async function readImageBytes(path: string, source: string): Promise<Uint8Array> {
  return readBytes(path).catch((cause: { readonly code?: string }) => {
    throw new ImageError(`${source}: ${describeReadError(cause)}`);
  });
}

/** The lines of a list that are not empty, without spaces at their ends. */
export function listLines(bytes: Uint8Array): ListLine[] {
  return new TextDecoder()
    .decode(bytes)
    .split(/\r\n|\n|\r/)
    .map((content, i) => ({ content: content.trim(), line: i + 1 }))
    .filter(({ content }) => content !== "");
}

/** A whole number of at least 0 that fits 32 bits. @param what what it is, for the error. */
export function parseCount(text: string, where: string, what: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32) return Number(text);
  throw new DatasetError(`${where}: got ${describeField(text)} for the ${what}, expected a whole number`);
}

/** A finite number. @param what what it is, for the error. */
export function parseFinite(text: string, where: string, what: string): number {
  const value = Number(text);
  if (text !== "" && Number.isFinite(value)) return value;
  throw new DatasetError(`${where}: got ${describeField(text)} for the ${what}, expected a number`);
}

/** A field that is not a number may be a part of a person's name, so an error does not repeat it. */
function describeField(text: string): string {
  if (text === "") return "nothing";
  return /^[-+.\d]{1,20}$/.test(text) ? `'${text}'` : "text";
}
