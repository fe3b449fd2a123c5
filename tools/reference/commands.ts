import type { Command } from "commander";
import { commandNames, createProgram } from "../../src/cli/program.ts";
import { fenced, page } from "./markdown.ts";

/** Columns of the help pages. */
const COLUMNS = 100;

/** The help page of every command and subcommand. */
export async function renderCommands(): Promise<string> {
  const sections: string[] = [];
  for (const name of commandNames) {
    const command = (await createProgram(name)).commands.find((found) => found.name() === name);
    if (command === undefined) throw new Error(`no command '${name}'`);
    sections.push(...helpPages(command, "##"));
  }
  return page("# Commands", "What `npx cosface NAME --help` prints.", ...sections);
}

function helpPages(command: Command, level: string, path = ""): string[] {
  const name = `${path}${command.name()}`;
  let text = "";
  const writeOut = (part: string) => {
    text += part;
  };
  command.configureOutput({ writeOut, getOutHelpWidth: () => COLUMNS, getOutHasColors: () => false }).outputHelp();
  const own = [`${level} ${name}`, fenced(text)];
  return [...own, ...command.commands.flatMap((part) => helpPages(part, `${level}#`, `${name} `))];
}
