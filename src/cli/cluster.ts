import { Command } from "commander";
import { CLUSTER_FAR } from "../faces/people/names.ts";
import { parseInteger } from "./arguments.ts";
import {
  addRecognitionOptions,
  addThresholdOptions,
  type RecognitionFlags,
  type ThresholdFlags,
} from "./recognition-options.ts";

export type Flags = RecognitionFlags & ThresholdFlags & { minimumSize: number; out?: string; json?: boolean };

export function clusterCommand(): Command {
  const command = new Command("cluster")
    .argument("<images...>", "pictures, or folders of pictures")
    .option("--minimum-size <n>", "fewest faces of a person; default 2", parseInteger, 2)
    .option("--out <folder>", "copy each photograph into a folder for each of its people");
  addThresholdOptions(command, CLUSTER_FAR);
  return addRecognitionOptions(command)
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Two groups of faces become one person when their mean score reaches the threshold.
Faces that belong to no group are unassigned: that says nothing against them.

Examples:
  cosface cluster holiday/ --out people/
  cosface cluster holiday/ --threshold 0.5 --json`,
    )
    .action(async (images: string[], flags: Flags) => (await import("./cluster-action.ts")).runCluster(images, flags));
}
