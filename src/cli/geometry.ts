import { Command } from "commander";
import { parseInteger } from "./arguments.ts";

export type Flags = { data: string; samples: number; pairs: number; pictures?: boolean; json?: boolean };

export function geometryCommand(): Command {
  return new Command("geometry")
    .argument("<run>", "folder of a run of `cosface train`")
    .requiredOption("--data <path>", "what the run was trained on: folder of faces or train.rec")
    .option("--samples <n>", "images to measure, at most; 0 for none", parseInteger, 2000)
    .option("--pairs <n>", "closest pairs of identities to list", parseInteger, 20)
    .option("--pictures", "show a picture of each of these identities in the report; keep it to yourself then")
    .option("--json", "print JSON: angles, margins and the closest pairs")
    .addHelpText(
      "after",
      `
Examples:
  cosface geometry runs/first --data faces/
  cosface geometry runs/first --data train.rec --pictures`,
    )
    .action(async (run: string, flags: Flags) => (await import("./geometry-action.ts")).runGeometryCommand(run, flags));
}
