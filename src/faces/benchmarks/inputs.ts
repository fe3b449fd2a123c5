/** What a protocol is given: the inputs that its declaration takes, checked. */
import { describeValue, OptionError, requireObject, requireOneOf } from "../../base/core/index.ts";
import {
  type InputName,
  type InputUse,
  type ProtocolInput,
  type ProtocolName,
  protocolFacts,
  protocolInputs,
} from "./names.ts";

type Uses<Name extends ProtocolName> = (typeof protocolFacts)[Name]["takes"];

type Values<Choices> = {
  readonly path: string;
  readonly count: number;
  readonly switch: boolean;
  readonly choice: Choices extends { readonly choices: readonly (infer Choice)[] } ? Choice : never;
};

type ValueOf<Input> = Input extends InputName
  ? Values<(typeof protocolInputs)[Input]>[(typeof protocolInputs)[Input]["type"]]
  : never;

type RequiredOf<Name extends ProtocolName> = {
  [Input in keyof Uses<Name>]: Uses<Name>[Input] extends { readonly isRequired: true } ? Input : never;
}[keyof Uses<Name>];

/** What a protocol takes, by key: paths, counts and switches. */
export type InputsOf<Name extends ProtocolName> = { readonly [Input in RequiredOf<Name>]: ValueOf<Input> } & {
  readonly [Input in Exclude<keyof Uses<Name>, RequiredOf<Name>>]?: ValueOf<Input>;
};

/**
 * The inputs of a protocol out of those that a caller gives; undefined ones count as not given.
 *
 * @throws {OptionError} when a required one is missing, or one has another type or is not of this protocol.
 */
export function requireInputs<Name extends ProtocolName>(
  name: Name,
  given: Readonly<Record<string, unknown>>,
): InputsOf<Name> {
  requireObject("inputs", given);
  const takes: Readonly<Record<string, InputUse>> = protocolFacts[name].takes;
  for (const [key, { isRequired, help }] of Object.entries(takes)) {
    if (isRequired && given[key] === undefined) throw new OptionError(`--protocol ${name} needs --${key}, ${help}`);
  }
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [key, value] of present) {
    if (!Object.hasOwn(takes, key) || !isInput(key)) {
      throw new OptionError(`protocol ${name}: got '${key}', expected any of ${Object.keys(takes).join(", ")}`);
    }
    requireFit(`protocol ${name}: ${key}`, value, protocolInputs[key]);
  }
  return Object.fromEntries(present) as InputsOf<Name>;
}

/** @throws {OptionError} that begins with `where`. */
function requireFit(where: string, value: unknown, { type, choices = [] }: ProtocolInput): void {
  if (type === "choice") requireOneOf(where, String(value), choices);
  const isFit = {
    path: typeof value === "string",
    count: isCount(value),
    switch: typeof value === "boolean",
    choice: typeof value === "string",
  }[type];
  if (!isFit) throw new OptionError(`${where}: got ${describeValue(value)}, expected a ${type}`);
}

function isInput(key: string): key is InputName {
  return Object.hasOwn(protocolInputs, key);
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}
