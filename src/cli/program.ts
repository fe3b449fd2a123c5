/**
 * The program: of the command that is called its declaration, of the others what the program's help page says
 * (bin/program.js). Results go to stdout, progress and errors to stderr.
 */
import type { Command, CommanderError } from "commander";
import { describeProgram } from "../../bin/program.js";
import { OptionError } from "../base/core/index.ts";
import { toCommander } from "./commander.ts";
import { commands } from "./commands/index.ts";

/** The names of the commands, in the order of the help page. */
export const commandNames: readonly string[] = Object.keys(commands);

/** The program, with the command that `name` calls. @throws {OptionError} from its parse, for an error of use. */
export async function createProgram(name?: string): Promise<Command> {
  const program = describeProgram(isCommand(name) ? toCommander(await commands[name]()) : undefined);
  throwErrorsOfUse(program);
  return program;
}

function isCommand(name: string | undefined): name is keyof typeof commands {
  return name !== undefined && Object.hasOwn(commands, name);
}

function throwErrorsOfUse(command: Command, path = command.name()): void {
  command.configureOutput({ outputError: () => {} });
  command.exitOverride((error) => {
    // The text of a help page is written already.
    if (error.code === "commander.help" || error.exitCode === 0) throw error;
    throw new OptionError(`${inOneLine(error)} (see ${path} --help)`, { cause: error });
  });
  for (const part of command.commands) throwErrorsOfUse(part, `${path} ${part.name()}`);
}

/** Commander begins with "error: ", and puts what the user may have meant on a separate line. */
function inOneLine({ message }: CommanderError): string {
  return message
    .replace(/^error: /, "")
    .trim()
    .replace(/\s*\n\s*/g, " ");
}
