import { OptionError } from "./errors.ts";

/** Throws unless `value` is a finite number in [low, high]. `what` reads "cosFace: margin". */
export function requireBetween(what: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high)) {
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

/** Throws unless `value` is one of `choices`. */
export function requireOneOf<T extends string>(what: string, value: string, choices: readonly T[]): T {
  if (!(choices as readonly string[]).includes(value)) {
    throw new OptionError(`${what}: got '${value}', expected one of ${choices.join(", ")}`);
  }
  return value as T;
}
