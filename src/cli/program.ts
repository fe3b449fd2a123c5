/** The command line: one file a command, put together here. Results go to stdout, progress and errors to stderr. */
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { boundsCommand } from "./bounds.ts";
import { doctorCommand } from "./doctor.ts";
import { evaluateCommand } from "./evaluate.ts";
import { networksCommand } from "./networks.ts";
import { packCommand } from "./pack.ts";
import { quickstartCommand } from "./quickstart.ts";
import { trainCommand } from "./train.ts";
import { unpackCommand } from "./unpack.ts";

const commands = [
  quickstartCommand,
  trainCommand,
  evaluateCommand,
  networksCommand,
  boundsCommand,
  packCommand,
  unpackCommand,
  doctorCommand,
];

export function createProgram(): Command {
  const program = new Command("cosface")
    .description("Deep face recognition with large margin cosine loss: train, evaluate and export, on this machine")
    .version(version())
    .configureOutput({ outputError: (text, write) => write(`${inOneLine(text)} (see --help)\n`) });
  for (const command of commands) program.addCommand(command().copyInheritedSettings(program));
  return program;
}

function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** Commander puts what the user may have meant on a line of its own. */
function inOneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, " ");
}
