import { Command } from "commander";
import { TOY_MARGINS } from "../training/experiments/names.ts";
import { parseInteger, parseNumber, parseNumbers } from "./arguments.ts";

export type Flags = {
  out: string;
  data?: string;
  images: number;
  margins: readonly number[];
  scale: number;
  seeds: number;
  iterations: number;
  threads?: number;
  json?: boolean;
};

export function toyCommand(): Command {
  return new Command("toy")
    .description("Draw what softmax and CosFace at several margins make of eight identities in two dimensions")
    .option("--out <folder>", "folder for report.html, figures and toy.json", "experiment-toy")
    .option("--data <path>", "folder of faces or train.rec: its eight largest identities; default synthetic people")
    .option("--images <n>", "images of each identity, at most", parseInteger, 50)
    .option("--margins <list>", "margins of CosFace; the bound is 0.2929", parseNumbers, [...TOY_MARGINS])
    .option("--scale <s>", "scale of CosFace", parseNumber, 64)
    .option("--seeds <n>", "runs of each loss, with seeds 1, 2, …", parseInteger, 2)
    .option("--iterations <n>", "steps of a run", parseInteger, 400)
    .option("--threads <n>", "default: all cores", parseInteger)
    .option("--json", "print JSON: what was measured of each loss")
    .addHelpText(
      "after",
      `
Examples:
  cosface experiment toy
  cosface experiment toy --data train.rec --images 90 --iterations 1000 --seeds 3 --out toy-photographs`,
    )
    .action(async (flags: Flags) => (await import("./experiment-toy-action.ts")).runToyCommand(flags));
}
