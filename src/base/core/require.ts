import { describeValue } from "./describe-value.ts";
import { OptionError } from "./errors.ts";
import { similarName } from "./similar-name.ts";

/** Throws unless `value` is a finite number in [low, high]. `what` names the value, such as "margin". */
export function requireBetween(what: string, value: number, low: number, high: number): void {
  // JavaScript would compare null and one-element arrays as numbers.
  if (typeof value !== "number" || !(value >= low && value <= high)) {
    throw new OptionError(`${what}: got ${quoteText(value)}, expected a number in [${low}, ${high}]`);
  }
}

/** Throws unless `value` is a finite number > 0. */
export function requirePositive(what: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new OptionError(`${what}: got ${quoteText(value)}, expected a positive number`);
  }
}

/** Throws unless `value` is a whole number ≥ `low`. */
export function requireInteger(what: string, value: number, low: number): void {
  if (!Number.isSafeInteger(value) || value < low) {
    throw new OptionError(`${what}: got ${quoteText(value)}, expected a whole number of at least ${low}`);
  }
}

/** Throws unless `value` is an object, such as options: a caller in JavaScript may have left it out. */
export function requireObject(what: string, value: object): void {
  if (typeof value === "object" && value !== null) return;
  throw new OptionError(`${what}: got ${describeValue(value)}, expected an object`);
}

/** Throws unless `value` is one of `choices`. */
export function requireOneOf<T extends string>(what: string, value: string, choices: readonly T[]): T {
  if (!(choices as readonly string[]).includes(value)) {
    throw new OptionError(`${what}: got '${value}', expected one of ${choices.join(", ")}`);
  }
  return value as T;
}

/**
 * Throws unless `value` is a plain object whose keys are all known, so that a misspelled option is not ignored.
 *
 * @param known the names of all options: the compiler sees to it that none is forgotten.
 */
export function requireKnownKeys<T extends object>(what: string, value: T, known: KnownKeys<T>): void {
  const names = Object.keys(known);
  if (!isPlainObject(value)) {
    throw new OptionError(`${what}: got ${describeValue(value)}, expected an object with any of ${names.join(", ")}`);
  }
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(known, key));
  if (unknown === undefined) return;
  const meant = similarName(unknown, names);
  const hint = meant === undefined ? "" : `: did you mean '${meant}'?`;
  throw new OptionError(`${what}: got '${unknown}', expected any of ${names.join(", ")}${hint}`);
}

/** Every key of the options. */
export type KnownKeys<T> = { readonly [K in keyof Required<T>]: true };

/** Whether the value is an object as `{}` makes one, of this realm or another, and no instance of a class. */
function isPlainObject(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Quotes text, so that "0.5" does not look like the number that was expected. */
function quoteText(value: unknown): string {
  return typeof value === "string" ? `'${value}'` : typeof value === "object" ? describeValue(value) : String(value);
}

/** What a value can be checked to be. */
const kinds = {
  "a text": (value: unknown) => typeof value === "string",
  "a number": (value: unknown) => typeof value === "number" && !Number.isNaN(value),
  "a function": (value: unknown) => typeof value === "function",
  "an object": (value: unknown) => typeof value === "object" && value !== null,
  "a list": (value: unknown) => Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView)),
  bytes: (value: unknown) => value instanceof Uint8Array,
} as const;

/** A kind of value, as messages name it. */
export type ValueKind = keyof typeof kinds;

/** Throws unless `value` is of a kind: programs in JavaScript have no compiler that would. */
export function requireKind(what: string, value: unknown, kind: ValueKind): void {
  if (!kinds[kind](value)) throw new OptionError(`${what}: got ${describeValue(value)}, expected ${kind}`);
}

/** Throws unless `value` is an object, or a function, with at least these fields. */
export function requireFields(what: string, value: unknown, fields: Readonly<Record<string, ValueKind>>): void {
  const isHolder = (typeof value === "object" && value !== null) || typeof value === "function";
  const held = isHolder ? (value as Readonly<Record<string, unknown>>) : undefined;
  for (const [name, kind] of Object.entries(fields)) {
    if (held !== undefined && kinds[kind](held[name])) continue;
    const got =
      held === undefined || !(name in held) ? describeValue(value) : `${describeValue(held[name])} as '${name}'`;
    const expected = Object.entries(fields).map((field) => field.join(": "));
    throw new OptionError(`${what}: got ${got}, expected an object with ${expected.join(", ")}`);
  }
}
