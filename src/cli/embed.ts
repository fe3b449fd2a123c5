import { Command } from "commander";
import type { EmbeddedFace } from "../face/index.ts";
import { listImages, readImage } from "./image-inputs.ts";
import { note, print } from "./output.ts";
import { addRecognitionOptions, openRecognition, type RecognitionFlags } from "./recognition-options.ts";

type Flags = RecognitionFlags & { json?: boolean };

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
    .action(runEmbed);
}

async function runEmbed(paths: readonly string[], flags: Flags): Promise<void> {
  const images = await listImages(paths);
  const pipeline = await openRecognition(flags);
  try {
    for await (const result of pipeline.stream(images, readImage)) {
      if (result.error !== undefined) {
        process.exitCode = 1;
        note(`error: ${result.item}: ${result.error.message}`);
        continue;
      }
      if (result.faces.length === 0) note(`${result.item}: no face`);
      for (const face of result.faces) print(describe(result.item, face, pipeline.embedder.id, flags));
    }
  } finally {
    await pipeline.close();
  }
}

/** A line for a face; a crop that is aligned was looked for no face, so box, score and landmarks are left out. */
function describe(image: string, face: EmbeddedFace, model: string, { aligned, json }: Flags): string {
  const { box, score, landmarks, embedding, embeddingNorm: norm } = face;
  if (json) {
    const place = aligned ? {} : { box, score, landmarks };
    return JSON.stringify({ image, ...place, embedding: [...embedding], norm, model });
  }
  const corner = [box.x, box.y].map(Math.round);
  const size = [box.width, box.height].map(Math.round).join("×");
  const place = aligned ? "crop" : `face of ${size} at ${corner}, score ${score.toFixed(3)}`;
  return `${image}: ${place}: ${embedding.length} numbers, norm ${norm.toFixed(3)} (--json prints them)`;
}
