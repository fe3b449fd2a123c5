/**
 * Options of commands that take settings. The table of settings is their help; the environment and a file count too.
 */
import {
  imageLimitNames,
  readSettings,
  type Setting,
  type SettingName,
  type Settings,
  settings,
} from "../../service/settings/index.ts";
import { defineOptions } from "../declaration.ts";

type SettingOption = { readonly value: "value"; readonly help: string };

/** The options of settings that commands pass to {@link settingsOf}. */
export type SettingFlags = Partial<Readonly<Record<SettingName, string>>> & { readonly config?: string };

const configOption = defineOptions({
  config: { value: "file", help: "settings as JSON; flags and the environment take precedence" },
});

/** `--config`, and an option for each of the settings. */
export function settingOptions<Name extends SettingName>(
  names: readonly Name[],
): typeof configOption & Readonly<Record<Name, SettingOption>> {
  const made = names.map((name): [Name, SettingOption] => [name, { value: "value", help: describe(settings[name]) }]);
  return { ...configOption, ...(Object.fromEntries(made) as Record<Name, SettingOption>) };
}

/**
 * The settings that flags, environment and file give, in this order. @throws {OptionError} that names what is wrong.
 */
export function settingsOf({ config, ...flags }: SettingFlags): Promise<Settings> {
  const sources = { flags, environment: process.env };
  return readSettings(config === undefined ? sources : { ...sources, file: config });
}

/** Where the gallery is, and its keys. */
const GALLERY = ["data", "databaseUrl", "encryptionKeyFile"] as const;

/** Options of commands over a gallery. */
export const galleryOptions = settingOptions(GALLERY);

/** Options of commands that embed faces into a gallery, with the networks that the service would take. */
export const galleryModelOptions = settingOptions([...GALLERY, "model", "detector", "threads", ...imageLimitNames]);

function describe({ default: value, meaning, variable }: Setting): string {
  const hasDefault = value !== undefined && value.toString() !== "";
  return `${meaning.replaceAll("`", "")} ${hasDefault ? `(default: ${value}) ` : ""}[${variable}]`;
}
