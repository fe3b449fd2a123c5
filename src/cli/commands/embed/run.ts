import type { EmbeddedFace } from "../../../faces/face/index.ts";
import { ERROR, POSITIVE } from "../../exit-codes.ts";
import { listImages, readImage } from "../../image-inputs.ts";
import { note, print } from "../../output.ts";
import { facesOrNote, openRecognition } from "../../recognition.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, paths: readonly string[]): Promise<number> {
  const images = await listImages(paths);
  const pipeline = await openRecognition(flags);
  let exitCode = POSITIVE;
  try {
    for await (const result of pipeline.stream(images, readImage)) {
      const faces = facesOrNote(result);
      if (faces === undefined) exitCode = ERROR;
      if (faces?.length === 0) note(`${result.item}: no face`);
      for (const face of faces ?? []) print(describe(result.item, face, pipeline.embedder.id, flags));
    }
  } finally {
    await pipeline.close();
  }
  return exitCode;
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
