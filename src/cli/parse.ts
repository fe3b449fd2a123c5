/** Turns the texts of the command line into values. An error says what was got and what is expected. */
import { OptionError } from "../base/core/index.ts";

/** @throws {OptionError} unless the text is a finite number. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw refusal(text, "a number");
  return value;
}

/** A number from `low` to `high`, both included. */
export function parseBetween(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = parseNumber(text);
    if (!(value >= low && value <= high)) throw refusal(text, `a number from ${low} to ${high}`);
    return value;
  };
}

/** A number above 0. */
export function parsePositive(text: string): number {
  const value = parseNumber(text);
  if (!(value > 0)) throw refusal(text, "a number above 0");
  return value;
}

/** A whole number of at least 1. */
export function parsePositiveCount(text: string): number {
  const value = parseNumber(text);
  if (!Number.isSafeInteger(value) || value < 1) throw refusal(text, "a whole number of at least 1");
  return value;
}

/** A whole number of at least 0. */
export function parseCount(text: string): number {
  const value = parseNumber(text);
  if (!Number.isSafeInteger(value) || value < 0) throw refusal(text, "a whole number of at least 0");
  return value;
}

/** "112x96" → [112, 96], height first. */
export function parseSize(text: string): readonly [number, number] {
  const [, height, width] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  const size = [Number(height), Number(width)] as const;
  if (!size.every((side) => side > 0)) throw refusal(text, "height and width in pixels, as in 112x96");
  return size;
}

/** "0.6,0.85" → [0.6, 0.85]. */
export function parseNumbers(text: string): readonly number[] {
  return text.split(",").map(parseNumber);
}

/** "stage1,conv*" → ["stage1", "conv*"]. */
export function parseNames(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.includes("")) throw refusal(text, "names separated by commas");
  return names;
}

/** "0.001" → 0.001. */
export function parseRate(text: string): number {
  const rate = parseNumber(text);
  if (!(rate > 0 && rate < 1)) throw refusal(text, "a rate between 0 and 1");
  return rate;
}

/** "0.01,1e-3" → [0.01, 0.001]. */
export function parseRates(text: string): readonly number[] {
  return text.split(",").map(parseRate);
}

/** A share between 0 and 1, both excluded. */
export function parseShare(text: string): number {
  const value = parseNumber(text);
  if (!(value > 0 && value < 1)) throw refusal(text, "a number between 0 and 1");
  return value;
}

/** "2027-01-31" → midnight UTC of that day. */
export function parseFutureDate(text: string): Date {
  const date = new Date(text);
  if (!(date.getTime() > Date.now())) throw refusal(text, "a date in the future, as 2027-01-31");
  return date;
}

/** "read,enroll" → ["read", "enroll"]. */
export function parseWords<Word extends string>(known: readonly Word[]): (text: string) => readonly Word[] {
  return (text) =>
    text.split(",").map((part) => {
      const word = known.find((name) => name === part);
      if (word === undefined) throw refusal(part, known.join(", "));
      return word;
    });
}

/** The error of a text that an option does not accept. */
export function refusal(text: string, expected: string): OptionError {
  return new OptionError(`got '${text}', expected ${expected}`);
}
