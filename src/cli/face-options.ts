/** What every command over photographs can be told about its detector and its embedder. */
import { type Command, Option } from "commander";
import type { Device, SessionOptions } from "../compiler/runtime/index.ts";
import { devices } from "../compiler/runtime/names.ts";
import type { ChannelOrder } from "../faces/embedder/index.ts";
import { channelOrders, flipRules } from "../faces/embedder/names.ts";
import type { FlipRule } from "../measure/eval/index.ts";
import { parseInteger, parseNumber } from "./arguments.ts";

/** Preprocessing of an embedder, for files that do not say it. */
export type ContractFlags = {
  readonly flip?: FlipRule;
  readonly mean?: number;
  readonly std?: number;
  readonly channels?: ChannelOrder;
  /** A name, or five points as JSON. */
  readonly template?: string;
};

/** Where networks run. */
export type SessionFlags = { readonly threads?: number; readonly device?: Device };

/** Adds `--flip`, `--mean`, `--std`, `--channels` and `--template`. */
export function addContractOptions(command: Command): Command {
  return command
    .addOption(new Option("--flip <rule>", "use of the mirror image; default: the model's").choices(flipRules))
    .option("--mean <x>", "input = (pixel − mean) / std; default: the model's", parseNumber)
    .option("--std <x>", "see --mean", parseNumber)
    .addOption(new Option("--channels <order>", "default: the model's").choices(channelOrders))
    .option("--template <name>", "arcface, arcface-128 or five points as JSON; default: the model's");
}

/** Adds `--threads` and `--device`. */
export function addSessionOptions(command: Command): Command {
  return command
    .option("--threads <n>", "default: all cores", parseInteger)
    .addOption(new Option("--device <name>", "default cpu").choices(devices));
}

/** What the flags say of the session. */
export function sessionOptions({ threads, device }: SessionFlags): SessionOptions {
  return given({ threads, device });
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** An object without those of its fields that are undefined. */
export function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}
