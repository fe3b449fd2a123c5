import { Command } from "commander";
import { parseInteger } from "./arguments.ts";

export type Flags = { out: string; seed: number; threads?: number; json?: boolean };

export function quickstartCommand(): Command {
  return new Command("quickstart")
    .option("--out <folder>", "folder for the results; replaced if it is there", "quickstart")
    .option("--seed <n>", "of the people, the order and the initial values", parseInteger, 1)
    .option("--threads <n>", "default: all cores", parseInteger)
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Examples:
  cosface quickstart
  cosface quickstart --seed 2 --out quickstart-2`,
    )
    .action(async (flags: Flags) => (await import("./quickstart-action.ts")).runQuickstart(flags));
}
