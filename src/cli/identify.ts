import { Command } from "commander";
import { parseInteger } from "./arguments.ts";
import {
  addRecognitionOptions,
  addThresholdOptions,
  type RecognitionFlags,
  type ThresholdFlags,
} from "./recognition-options.ts";

export type Flags = RecognitionFlags &
  ThresholdFlags & { gallery: string; negatives?: string; limit: number; cache: boolean; json?: boolean };

export function identifyCommand(): Command {
  const command = new Command("identify")
    .argument("<images...>", "pictures, folders of pictures, or - for a picture on standard input")
    .requiredOption("--gallery <folder>", "photographs of known people, one subfolder a person")
    .option("--negatives <folder>", "of the same layout: faces that are not the person whose name the subfolder has")
    .option("--limit <k>", "most people named for a face; default 5", parseInteger, 5)
    .option("--no-cache", "do not keep embeddings in the gallery's folder, nor use those kept");
  addThresholdOptions(command);
  return addRecognitionOptions(command)
    .option("--json", "print a line of JSON for each face")
    .addHelpText(
      "after",
      `
A FAR is a rate for each comparison. A stranger is compared with everybody in
the gallery; the rate at which one is taken for somebody (FPIR) is told on
stderr, as expected and as measured in the gallery itself.
Where a picture cannot be read, the others are done, and the exit code is 1.

Examples:
  cosface identify party/ --gallery family/
  cosface identify door.jpg --gallery staff/ --far 1e-4 --limit 1 --json`,
    )
    .action(async (images: string[], flags: Flags) =>
      (await import("./identify-action.ts")).runIdentify(images, flags),
    );
}
