/** Checks of everything that enters a gallery. */
import { GalleryError, jsonDepth, OptionError } from "../../base/core/index.ts";

const LONGEST_NAME = 256;
/** Control characters, which no database takes or no page shows, and halves of characters. */
const UNFIT = /[\p{Cc}\p{Surrogate}]/u;

/**
 * The name in Unicode's composed form (NFC), so that one name is one person however it was typed: é is one code point,
 * or an e with an accent. The message does not repeat the name: it may be a person's.
 *
 * @throws {OptionError} unless it is 1 to 256 characters of text, and one that an address can hold: not "." or "..".
 */
export function requireName(what: string, name: string): string {
  const composed = typeof name === "string" ? name.normalize() : "";
  if (composed === "" || composed.length > LONGEST_NAME || UNFIT.test(composed)) {
    throw new OptionError(`${what}: expected 1 to ${LONGEST_NAME} characters of text without control characters`);
  }
  if (composed === "." || composed === "..") {
    throw new OptionError(`${what}: got '${composed}', which no address can hold: give another name`);
  }
  return composed;
}

/** White space, and characters that are not drawn at all, such as a zero-width space. */
const UNSEEN = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}]+$/u;

/**
 * As {@link requireName}, for a name that is given for the first time: one that a reader can tell from others, so it is
 * not blank and has no white space at its ends. "Ann" and "Ann " would be two people.
 */
export function requireNewName(what: string, name: string): string {
  const composed = requireName(what, name);
  if (UNSEEN.test(composed)) throw new OptionError(`${what}: got a blank name, expected one that can be seen`);
  if (composed !== composed.trim()) {
    throw new OptionError(`${what}: got a name with white space at its beginning or end: leave it out`);
  }
  return composed;
}

/** Throws unless `text` can be stored: no control characters but for line ends and tabs. */
export function requireText(what: string, text: string, longest: number): void {
  if (typeof text !== "string" || text.length > longest || UNFIT.test(text.replace(/[\n\r\t]/g, ""))) {
    throw new OptionError(`${what}: expected at most ${longest} characters of text without control characters`);
  }
}

/** Most characters of a consent. */
export const LONGEST_CONSENT = 4096;

const LARGEST_METADATA = 65_536;

/** Deepest nesting of metadata: more than notes need, and far less than any reader of JSON can bear. */
export const DEEPEST_METADATA = 32;

/**
 * Throws unless `metadata` is an object of at most 64 kB of JSON, nested at most 32 deep, in which every number is
 * finite: JSON would store others as null.
 */
export function requireMetadata(what: string, metadata: Readonly<Record<string, unknown>>): void {
  const isObject = typeof metadata === "object" && metadata !== null && !Array.isArray(metadata);
  const text = isObject ? toJson(metadata) : "";
  // PostgreSQL's JSON holds neither a character U+0000 nor half of one; JSON.stringify writes both as escapes.
  if (text === "" || text.length > LARGEST_METADATA || /\\u(?:0000|d[89a-f])/i.test(text)) {
    throw new OptionError(`${what}: expected a JSON object of at most ${LARGEST_METADATA} characters, without \\u0000`);
  }
  if (jsonDepth(text, DEEPEST_METADATA) > DEEPEST_METADATA) {
    throw new OptionError(`${what}: got a JSON object nested deeper than ${DEEPEST_METADATA}: store less deep notes`);
  }
  if (hasInfinity(metadata)) {
    throw new OptionError(`${what}: got a number that is too large for JSON, or none, expected finite numbers`);
  }
}

/** Whether a value, or one in it, is a number that is not finite; the value has JSON, so it is not cyclic. */
function hasInfinity(value: unknown): boolean {
  if (typeof value === "number") return !Number.isFinite(value);
  return typeof value === "object" && value !== null && Object.values(value).some(hasInfinity);
}

/** The value as JSON; empty when it has none, as one that is cyclic or nested too deep for the stack. */
function toJson(value: object): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "";
  }
}

/** Throws unless `date` is a time. */
export function requireDate(what: string, date: Date): void {
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) throw new OptionError(`${what}: got an invalid date`);
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether `text` can be the id of a template, subject or key. */
export function isUuid(text: unknown): text is string {
  return typeof text === "string" && UUID.test(text);
}

/** SHA-256 in 64 hexadecimal digits → 32 bytes. */
export function parseDigest(what: string, digest: string): Uint8Array {
  if (typeof digest !== "string" || !/^[0-9a-f]{64}$/.test(digest)) {
    throw new OptionError(`${what}: expected the 64 lowercase hexadecimal digits of a SHA-256`);
  }
  return Buffer.from(digest, "hex");
}

/** How far a squared length may be from 1 for an embedding to be stored bit by bit as it is. */
const UNIT_TOLERANCE = 1e-6;

/**
 * The embedding at unit length: as it is when it has that already, else divided by its length.
 *
 * @throws {GalleryError} when it does not have `size` numbers.
 * @throws {OptionError} when it has no direction, or a number that is not finite.
 */
export function toUnitLength(what: string, embedding: Float32Array, size: number): Float32Array {
  if (embedding.length !== size) {
    throw new GalleryError(
      `${what}: got a ${embedding.length}-d embedding, expected ${size}-d: use the model that the collection is of`,
    );
  }
  let squared = 0;
  for (const number of embedding) squared += number * number;
  if (!(squared > 0 && Number.isFinite(squared))) {
    throw new OptionError(`${what}: got an embedding of length ${Math.sqrt(squared)}, expected a finite one above 0`);
  }
  if (Math.abs(squared - 1) < UNIT_TOLERANCE) return embedding;
  const length = Math.sqrt(squared);
  return embedding.map((number) => number / length);
}
