import { Command } from "commander";
import { serve } from "../server/index.ts";
import { settingNames } from "../settings/index.ts";
import { note, print } from "./output.ts";
import { addSettingOptions, type SettingFlags, settingsOf } from "./settings-options.ts";

type Flags = SettingFlags & { readonly json?: boolean };

export function serveCommand(): Command {
  const command = new Command("serve").option(
    "--json",
    "print one line of JSON when ready: url, and apiKey on the first start",
  );
  return addSettingOptions(command, settingNames)
    .addHelpText(
      "after",
      `
Each option can also be set in the environment, as the name in brackets, or in the file.
On its first start the service makes a key for everything, and prints it this once.

Examples:
  cosface serve --data faces-db
  DATABASE_URL=postgres://cosface@localhost/cosface cosface serve --host 0.0.0.0 --port 80`,
    )
    .action(runServe);
}

async function runServe({ json, ...flags }: Flags): Promise<void> {
  const service = await serve(await settingsOf(flags));
  const { apiKey, url } = service;
  if (json) print(JSON.stringify({ url, apiKey }));
  else print(`cosface is ready at ${url}`, ...(apiKey === undefined ? [] : [`API key, shown this once: ${apiKey}`]));
  const signal = await new Promise<string>((resolve) => {
    for (const name of ["SIGINT", "SIGTERM"]) process.once(name, resolve);
  });
  note(`${signal}: ending`);
  await service.close();
  process.exit(0);
}
