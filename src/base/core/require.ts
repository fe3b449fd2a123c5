import { OptionError } from "./errors.ts";

/** Throws unless `value` is a finite number in [low, high]. `what` names the value, such as "margin". */
export function requireBetween(what: string, value: number, low: number, high: number): void {
  // JavaScript would compare null and one-element arrays as numbers.
  if (typeof value !== "number" || !(value >= low && value <= high)) {
    throw new OptionError(`${what}: got ${value}, expected a number in [${low}, ${high}]`);
  }
}

/** Throws unless `value` is a finite number > 0. */
export function requirePositive(what: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new OptionError(`${what}: got ${value}, expected a positive number`);
  }
}

/** Throws unless `value` is a whole number ≥ `low`. */
export function requireInteger(what: string, value: number, low: number): void {
  if (!Number.isSafeInteger(value) || value < low) {
    throw new OptionError(`${what}: got ${value}, expected a whole number of at least ${low}`);
  }
}

/** Throws unless `value` is an object, such as options: a caller in JavaScript may have left it out. */
export function requireObject(what: string, value: object): void {
  if (typeof value === "object" && value !== null) return;
  throw new OptionError(`${what}: got ${value === null ? "null" : typeof value}, expected an object`);
}

/** Throws unless `value` is one of `choices`. */
export function requireOneOf<T extends string>(what: string, value: string, choices: readonly T[]): T {
  if (!(choices as readonly string[]).includes(value)) {
    throw new OptionError(`${what}: got '${value}', expected one of ${choices.join(", ")}`);
  }
  return value as T;
}
