/** The options of the losses, derived from their declarations: the flags of all losses, and which loss has which. */
import {
  defaultLoss,
  type LossName,
  type LossOption,
  lossDefinitions,
  lossNames,
  takesMargin,
} from "../../../training/losses/index.ts";
import { defineOptions, type Option } from "../../declaration.ts";
import { parseNumber } from "../../parse.ts";

const lossOption = defineOptions({
  loss: {
    value: "name",
    choices: lossNames,
    default: defaultLoss.name,
    help: "loss; docs/reference/losses.md has formulas",
  },
});

/** `--loss`, and a flag for each option of a loss, such as `--margin`. */
export const lossOptions: typeof lossOption = { ...lossOption, ...optionsOfLosses() };

/** A loss of the command line: its name, and values by flag. */
export type LossFlags = { readonly loss: LossName };

/** Losses whose margin can rise in training. */
export const lossesWithMargin: readonly LossName[] = lossDefinitions
  .filter((definition) => takesMargin(definition.create()))
  .map(({ name }) => name);

/** An option of one loss. */
type Owned = { readonly loss: LossName; readonly option: LossOption };

/** The key of a loss's option among the options of the command. */
export function keyOfLossOption(name: string, { flag = name }: LossOption): string {
  return flag;
}

function optionsOfLosses(): Readonly<Record<string, Option>> {
  const owners = new Map<string, Owned[]>();
  for (const { name: loss, options } of lossDefinitions) {
    for (const [name, option] of Object.entries(options)) {
      const key = keyOfLossOption(name, option);
      owners.set(key, [...(owners.get(key) ?? []), { loss, option }]);
    }
  }
  return Object.fromEntries([...owners].map(([key, owned]) => [key, toOption(key, owned)]));
}

function toOption(key: string, owned: readonly Owned[]): Option {
  const words = new Set(owned.flatMap(({ option }) => [...(option.words ?? []), ...(option.choose ? ["auto"] : [])]));
  const [doc, ...otherDocs] = new Set(owned.map(({ option }) => option.doc));
  const [value, ...otherValues] = new Set(owned.map(({ option }) => describeDefault(option)));
  const subject = otherDocs.length === 0 && doc !== undefined ? doc : `${key} of the loss`;
  const byLoss = otherValues.length > 0;
  const values = owned.flatMap(({ option }) => option.values ?? []);
  const needs = { loss: owned.map(({ loss }) => loss) };
  if (values.includes(true)) return { needs, help: subject };
  const choices = [...new Set(values.filter((value) => typeof value === "string"))];
  if (choices.length > 0) return { value: "name", choices, needs, help: subject, otherwise: value ?? "" };
  return {
    value: "x",
    parse: (text) => (words.has(text) ? text : parseNumber(text)),
    needs,
    help: `${subject}${words.size === 0 ? "" : `, a number or ${[...words].join(" or ")}`}`,
    ...(byLoss
      ? {
          isNeedInHelp: true,
          otherwise: owned.map(({ loss, option }) => `${loss} ${describeDefault(option)}`).join(", "),
        }
      : { otherwise: value ?? "" }),
  };
}

/** "0.35", "0.5 radians", or "none" for an option without a default. Other units are plain in the loss's page. */
function describeDefault({ default: value = "none", unit }: LossOption): string {
  return unit === "radians" ? `${value} radians` : `${value}`;
}
