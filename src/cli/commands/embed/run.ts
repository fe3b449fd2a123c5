import type { EmbeddedFace } from "../../../faces/face/index.ts";
import { ERROR, POSITIVE } from "../../exit-codes.ts";
import { listImages, photographOf } from "../../image-inputs.ts";
import { interruption } from "../../interruption.ts";
import { note, noteError, print, progress } from "../../output.ts";
import { withRecognition } from "../../recognition.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, paths: readonly string[]): Promise<number> {
  const { files } = await listImages(paths);
  const { signal } = interruption("printing the faces that are embedded, then stopping");
  return withRecognition(flags, async (faces) => {
    let exitCode = POSITIVE;
    let done = 0;
    for await (const { item, ...result } of faces.stream(files, photographOf, { signal })) {
      progress(`${++done} of ${files.length} images`);
      if (result.error !== undefined) {
        noteError(result.error, item);
        exitCode = ERROR;
        continue;
      }
      if (result.faces.length === 0) note(`${item}: no face`, { file: item });
      for (const face of result.faces) print(describe(item, face, faces.embedder.id, flags));
    }
    return exitCode;
  });
}

/** A line for a face. An aligned crop was not searched, so its line has no box, score and landmarks. */
function describe(image: string, face: EmbeddedFace, model: string, { aligned, json }: Flags): string {
  const { box, score, landmarks, embedding, embeddingNorm: norm } = face;
  if (json) {
    const found = aligned ? {} : { box, score, landmarks };
    return JSON.stringify({ image, ...found, embedding: [...embedding], norm, model });
  }
  const corner = [box.x, box.y].map(Math.round);
  const size = [box.width, box.height].map(Math.round).join("×");
  const found = aligned ? "crop" : `face of ${size} at ${corner}, score ${score.toFixed(3)}`;
  return `${image}: ${found}: ${embedding.length} numbers, norm ${norm.toFixed(3)} (--json prints them)`;
}
