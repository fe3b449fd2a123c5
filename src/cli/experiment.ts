/** `cosface experiment`: the paper's experiments, one file each; the sweeps share theirs. */
import { Command } from "commander";
import { lossesCommand, marginCommand, normalizationCommand, scaleCommand } from "./experiment-sweep.ts";
import { toyCommand } from "./experiment-toy.ts";

export function experimentCommand(): Command {
  return new Command("experiment")
    .addHelpText(
      "after",
      `
Examples:
  cosface experiment toy
  cosface experiment margin --parallel 2
  cosface experiment margin --parallel 2 --json`,
    )
    .addCommand(toyCommand())
    .addCommand(marginCommand())
    .addCommand(lossesCommand())
    .addCommand(normalizationCommand())
    .addCommand(scaleCommand());
}
