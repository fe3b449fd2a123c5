/** The command line: one file a command, put together here. Results go to stdout, progress and errors to stderr. */
import { Command } from "commander";
import { evaluateCommand } from "./evaluate.ts";
import { networksCommand } from "./networks.ts";
import { trainCommand } from "./train.ts";

export function createProgram(): Command {
  return new Command("cosface")
    .description("Deep face recognition with large margin cosine loss: train, evaluate and export, on this machine")
    .version("0.1.0")
    .showHelpAfterError("(add --help for what is expected)")
    .addCommand(trainCommand())
    .addCommand(evaluateCommand())
    .addCommand(networksCommand());
}
