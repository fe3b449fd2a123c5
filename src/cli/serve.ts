import { Command } from "commander";
import { settingNames } from "../service/settings/index.ts";
import { note, print } from "./output.ts";
import { addSettingOptions, type SettingFlags, settingsOf } from "./settings-options.ts";

/** Longest time from a signal to the end, while the service starts and while it runs: the database outlives it as a crash. */
const [STARTING_MILLISECONDS, RUNNING_MILLISECONDS] = [1000, 4500];

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
  let patience = STARTING_MILLISECONDS;
  const isTold = firstSignal().then((signal) => {
    note(`${signal}: ending`);
    setTimeout(() => process.exit(0), patience).unref();
  });
  // Loaded once signals are heeded, since that takes a while, as does the start.
  const { serve } = await import("../service/server/index.ts");
  const service = await serve(await settingsOf(flags));
  patience = RUNNING_MILLISECONDS;
  const { apiKey, url } = service;
  // Also when it is to end already: the key is to be had here alone.
  if (json) print(JSON.stringify({ url, apiKey }));
  else print(`cosface is ready at ${url}`, ...(apiKey === undefined ? [] : [`API key, shown this once: ${apiKey}`]));
  await isTold;
  await service.close();
  process.exit(0);
}

function firstSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ["SIGINT", "SIGTERM"]) process.once(name, resolve);
  });
}
