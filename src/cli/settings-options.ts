/** Options of commands that take settings: the table of settings is their help, and the environment and a file count too. */
import type { Command } from "commander";
import {
  readSettings,
  type Setting,
  type SettingName,
  type Settings,
  settingFlag,
  settings,
} from "../service/settings/index.ts";

/** What commander reads of them. */
export type SettingFlags = Partial<Readonly<Record<SettingName, string>>> & { readonly config?: string };

/** Adds `--config`, and an option for each of the settings. */
export function addSettingOptions(command: Command, names: readonly SettingName[]): Command {
  command.option("--config <file>", "settings as JSON; flags and the environment go before it");
  for (const name of names) command.option(`${settingFlag(name)} <value>`, describe(settings[name]));
  return command;
}

/** The settings that flags, environment and file give, in this order. @throws {OptionError} that names what is wrong. */
export function settingsOf({ config, ...flags }: SettingFlags): Promise<Settings> {
  const sources = { flags, environment: process.env };
  return readSettings(config === undefined ? sources : { ...sources, file: config });
}

function describe({ default: value, meaning, variable }: Setting): string {
  const hasDefault = value !== undefined && value.toString() !== "";
  return `${meaning.replaceAll("`", "")} ${hasDefault ? `(default ${value}) ` : ""}[${variable}]`;
}
