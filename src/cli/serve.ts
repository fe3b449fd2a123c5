import { Command } from "commander";
import { readSettings, type Setting, serve, settingFlag, settings } from "../server/index.ts";
import { note, print } from "./output.ts";

type Flags = Readonly<Record<string, string | undefined>> & { readonly config?: string; readonly json?: boolean };

export function serveCommand(): Command {
  const command = new Command("serve")
    .option("--config <file>", "settings as JSON; flags and the environment go before it")
    .option("--json", "print one line of JSON when ready: url, and apiKey on the first start");
  for (const [name, setting] of Object.entries(settings)) {
    command.option(`${settingFlag(name)} <value>`, describe(setting));
  }
  return command
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

function describe({ default: value, meaning, variable }: Setting): string {
  const hasDefault = value !== undefined && value.toString() !== "";
  return `${meaning.replaceAll("`", "")} ${hasDefault ? `(default ${value}) ` : ""}[${variable}]`;
}

async function runServe({ config, json, ...flags }: Flags): Promise<void> {
  const sources = { flags, environment: process.env };
  const service = await serve(await readSettings(config === undefined ? sources : { ...sources, file: config }));
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
