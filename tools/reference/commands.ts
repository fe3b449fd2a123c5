import type { Command } from "commander";
import { commandNames, createProgram } from "../../src/cli/program.ts";
import { fenced, page, table } from "./markdown.ts";

/** Columns of the help pages. */
const COLUMNS = 100;

/** What all commands have in common. */
const INTRODUCTION = [
  "Results go to standard output; notes, progress and errors go to standard error. With `--json` results are JSON, and each " +
    'line on standard error is JSON too: `{"note": "…"}`, or `{"error": {"code", "message", "file"}}` with a code of ' +
    "[errors.md](errors.md) and the path of the file that the error is about, where there is one.",
  table(
    ["exit code", "meaning"],
    [
      ["0", "done; a positive answer"],
      [
        "1",
        "a negative answer, of the commands that have one: `verify` (different people), `detect` (an image without a face), " +
          "`calibrate` (no rate is supported), `doctor` (training is not possible)",
      ],
      ["2", "an error: wrong words, a missing or damaged file, an image that cannot be read"],
      ["70", "a fault of cosface, with its stack: report it"],
      ["130", "stopped by Ctrl-C or SIGTERM; what was done until then is printed or kept, as the note says"],
    ],
  ),
];

/** The help page of every command and subcommand. */
export async function renderCommands(): Promise<string> {
  const sections: string[] = [];
  for (const name of commandNames) {
    const command = (await createProgram(name)).commands.find((found) => found.name() === name);
    if (command === undefined) throw new Error(`no command '${name}'`);
    sections.push(...helpPages(command, "##"));
  }
  return page("# Commands", ...INTRODUCTION, "What `npx cosface NAME --help` prints:", ...sections);
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
