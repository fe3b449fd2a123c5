import { type Setting, settingFlag, settings } from "../../src/service/settings/index.ts";
import { code, page, table } from "./markdown.ts";

/** Settings of the service and of the commands over its gallery, from src/service/settings. */
export function renderSettings(): string {
  const rows = Object.entries(settings).map(([name, setting]: [string, Setting]) => [
    code(name),
    code(settingFlag(name)),
    code(setting.variable),
    code(setting.default),
    setting.meaning,
  ]);
  return page(
    "# Settings",
    "A flag overrides the environment variable, which overrides the property of the JSON file that `--config` names, which " +
      "overrides the default.",
    table(["setting", "flag", "variable", "default", "meaning"], rows),
  );
}
