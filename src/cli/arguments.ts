/** Turns words of the command line into values, with errors that name the option and what it takes. */
import { InvalidArgumentError } from "commander";

export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError(`got '${text}', expected a number`);
  return value;
}

/** A number, or the word that asks for one to be chosen. */
export function parseNumberOrAuto(text: string): number | "auto" {
  return text === "auto" ? "auto" : parseNumber(text);
}

/** A scale: a number, or the word for another choice. */
export function parseScale(text: string): number | "auto" | "norm" {
  return text === "norm" ? "norm" : parseNumberOrAuto(text);
}

export function parseInteger(text: string): number {
  const value = parseNumber(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError(`got '${text}', expected a whole number of at least 0`);
  }
  return value;
}

/** "112x96" → [112, 96], height first. */
export function parseSize(text: string): [number, number] {
  const match = /^(\d+)x(\d+)$/.exec(text);
  if (match === null) throw new InvalidArgumentError(`got '${text}', expected height and width, as in 112x96`);
  return [Number(match[1]), Number(match[2])];
}

/** "0.6,0.85" → [0.6, 0.85]. */
export function parseNumbers(text: string): number[] {
  return text.split(",").map(parseNumber);
}
