import { commands } from "../../src/cli/commands/index.ts";

/** bin/commands.json: the purpose of each command, for a help page of the program that loads no TypeScript. */
export async function renderCommandDescriptions(): Promise<string> {
  const entries = Object.entries(commands).map(async ([name, load]) => [name, (await load()).description] as const);
  return `${JSON.stringify(Object.fromEntries(await Promise.all(entries)), null, 2)}\n`;
}
