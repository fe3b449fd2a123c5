/**
 * A loss as a declaration: its name, formula, paper and options as data. From the options' data come the checks of
 * `createLoss`, the type `LossOptions`, the flags and help of `cosface train`, and the reference page.
 */
import { describeValue, OptionError, requireFields } from "../../base/core/index.ts";
import type { SphereSize } from "../../measure/hypersphere/index.ts";
import type { FaceLoss } from "./loss.ts";

/** An option of a loss: its range, default and meaning. */
export type LossOption = {
  /** What it does, as a phrase without a full stop: "subtracted from the target's cosine". */
  readonly doc: string;
  /** Such as "radians" or "cosine"; none for a plain number. */
  readonly unit?: string;
  /** Undefined where `doc` says what happens without it. */
  readonly default?: number | string | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  /** The value must be greater than this. */
  readonly exclusiveMinimum?: number;
  /** The value must be a whole number. */
  readonly isWhole?: true;
  /** The only values; without them the option is a number in its range. */
  readonly values?: readonly (number | string | boolean)[];
  /** Words that are allowed beside numbers. */
  readonly words?: readonly string[];
  /** Its flag on the command line, without dashes; default: the option's name in kebab-case. */
  readonly flag?: string;
  /** Names that options.json, checkpoints and callers before this version give it. */
  readonly formerNames?: readonly string[];
  /**
   * Chooses a value for `auto`, from the sphere and the loss's other options, and says why. Absent where no bound says
   * anything about the option.
   */
  readonly choose?: (size: SphereSize, others: Readonly<Record<string, unknown>>) => ChosenValue;
};

/** A value chosen for "auto", and a sentence that says why. */
export type ChosenValue = { readonly value: number; readonly reason: string };

/** The options of a loss by name. */
export type LossSchema = Readonly<Record<string, LossOption>>;

type ValueOf<O extends LossOption> = O extends { readonly values: readonly (infer V)[] }
  ? V extends string
    ? V
    : V extends boolean
      ? boolean
      : number
  : number | (O extends { readonly words: readonly (infer W)[] } ? W : never);

/** The options that a caller gives. */
export type GivenOptions<S extends LossSchema> = { readonly [K in keyof S]?: ValueOf<S[K]> | undefined };

/** The options with defaults filled in. */
export type ResolvedOptions<S extends LossSchema> = {
  readonly [K in keyof S]:
    | ValueOf<S[K]>
    | (S[K] extends { readonly default: number | string | boolean } ? never : undefined);
};

/** A variant of a loss in the comparison of `cosface experiment losses`. */
export type ComparedLoss = { readonly title: string; readonly options: Readonly<Record<string, unknown>> };

/** A declared loss. */
export type LossDefinition<Name extends string = string, S extends LossSchema = LossSchema> = {
  /** As on the command line and in options.json. */
  readonly name: Name;
  /** As in tables and figures: "CosFace". */
  readonly title: string;
  /** The formula in one line of plain text. */
  readonly formula: string;
  /** Authors, short title, venue and address. */
  readonly paper: string;
  readonly options: S;
  /** The variants that `cosface experiment losses` trains, given its scale. */
  readonly compared: (scale: number) => readonly ComparedLoss[];
  /**
   * Makes the loss.
   *
   * @throws {OptionError} for an option that the loss does not have, or that is out of range.
   */
  create(options?: GivenOptions<S>): FaceLoss;
  /** Checks options and returns those given, by their present names and in the order of the schema. */
  parse(options: Readonly<Record<string, unknown>>): GivenOptions<S>;
};

type Declaration<Name extends string, S extends LossSchema> = Omit<
  LossDefinition<Name, S>,
  "create" | "parse" | "compared"
> & {
  /** Default: the loss once, with the experiment's scale where it has one. */
  readonly compared?: (scale: number) => readonly ComparedLoss[];
  readonly make: (options: ResolvedOptions<S>) => Omit<FaceLoss, "name" | "options">;
};

/** The losses that declarations made. */
const declared = new WeakSet<FaceLoss>();

/** Whether a loss was made by a declaration, and not written by a caller. */
export function isDeclared(loss: FaceLoss): boolean {
  return declared.has(loss);
}

/** Completes a declaration with the checks of its options. */
export function defineLoss<const Name extends string, const S extends LossSchema>(
  declaration: Declaration<Name, S>,
): LossDefinition<Name, S> {
  requireFields("declaration of a loss", declaration, { name: "a text", options: "an object", make: "a function" });
  const { make, ...described } = declaration;
  const { name, title, options: schema } = described;
  const parse = (given: Readonly<Record<string, unknown>>) => parseOptions(name, schema, given) as GivenOptions<S>;
  return {
    compared: (scale) => [{ title, options: schema.scale === undefined ? {} : { scale } }],
    ...described,
    parse,
    create: (given = {}) => {
      const options = parse(given);
      const defaults = Object.fromEntries(Object.entries(schema).map(([key, option]) => [key, option.default]));
      const loss = { name, options, ...make({ ...defaults, ...options } as ResolvedOptions<S>) };
      declared.add(loss);
      return loss;
    },
  };
}

function parseOptions(loss: string, schema: LossSchema, given: Readonly<Record<string, unknown>>) {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new OptionError(`${loss}: got ${describeValue(given)}, expected an object: ${describeOptions(schema)}`);
  }
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  const named = new Map<string, unknown>();
  for (const [key, value] of entries) {
    const known = presentName(schema, key);
    if (known === undefined)
      throw new OptionError(`${loss}: ${key}: got ${show(value)}, but ${describeOptions(schema)}`);
    if (named.has(known)) throw new OptionError(`${loss}: got ${known} under two names, expected it once`);
    requireValue(`${loss}: ${key}`, value, schema[known] as LossOption);
    named.set(known, value);
  }
  return Object.fromEntries(Object.keys(schema).flatMap((key) => (named.has(key) ? [[key, named.get(key)]] : [])));
}

function presentName(schema: LossSchema, key: string): string | undefined {
  if (Object.hasOwn(schema, key)) return key;
  return Object.keys(schema).find((name) => schema[name]?.formerNames?.includes(key));
}

function describeOptions(schema: LossSchema): string {
  const names = Object.keys(schema);
  return names.length === 0 ? "this loss has no options" : `this loss has the options ${names.join(", ")}`;
}

function requireValue(what: string, value: unknown, option: LossOption): void {
  const { values, words = [], minimum = -Infinity, maximum = Infinity, exclusiveMinimum = -Infinity, isWhole } = option;
  const isInRange = (x: number) =>
    x >= minimum && x <= maximum && x > exclusiveMinimum && (isWhole ? Number.isInteger(x) : Number.isFinite(x));
  const isAllowed =
    values?.includes(value as never) ??
    (words.includes(value as never) || (typeof value === "number" && isInRange(value)));
  if (!isAllowed) throw new OptionError(`${what}: got ${show(value)}, expected ${describeRange(option)}`);
}

/** The values that an option may have, in words: "a number in [0, 1]". */
export function describeRange({ values, words = [], minimum, maximum, exclusiveMinimum, isWhole }: LossOption): string {
  if (values !== undefined) return listed(values.map(show));
  const kind = isWhole ? "a whole number" : "a number";
  const above = exclusiveMinimum === undefined ? kind : `${kind} above ${exclusiveMinimum}`;
  const number =
    exclusiveMinimum === 0 && maximum === undefined
      ? "a positive number"
      : minimum !== undefined && maximum !== undefined
        ? `${kind} in [${minimum}, ${maximum}]`
        : minimum !== undefined
          ? `${kind} of at least ${minimum}`
          : above;
  return listed([number, ...words.map(show)]);
}

function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} or ${items.at(-1)}`;
}

const show = (value: unknown): string => (typeof value === "string" ? `'${value}'` : String(value));
