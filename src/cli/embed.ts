import { Command } from "commander";
import { addRecognitionOptions, type RecognitionFlags } from "./recognition-options.ts";

export type Flags = RecognitionFlags & { json?: boolean };

export function embedCommand(): Command {
  const command = new Command("embed").argument(
    "<images...>",
    "pictures, folders of pictures, or - for a picture on standard input",
  );
  return addRecognitionOptions(command)
    .option("--json", "print a line of JSON for each face")
    .addHelpText(
      "after",
      `
A line of JSON has image, box, score, landmarks, embedding (a unit vector),
norm (its length before) and model (the id that it can be compared within).
Where a picture cannot be read, the others are done, and the exit code is 1.

Examples:
  cosface embed photos/ --json > faces.jsonl
  cosface embed crops/ --aligned --model runs/first/model.onnx --json
  cosface embed - --json < photo.jpg`,
    )
    .action(async (images: string[], flags: Flags) => (await import("./embed-action.ts")).runEmbed(images, flags));
}
