import type { EmbeddedFace } from "../faces/face/index.ts";
import type { Flags } from "./embed.ts";
import { listImages, readImage } from "./image-inputs.ts";
import { note, print } from "./output.ts";
import { facesOrNote, openRecognition } from "./recognition.ts";

export async function runEmbed(paths: readonly string[], flags: Flags): Promise<void> {
  const images = await listImages(paths);
  const pipeline = await openRecognition(flags);
  try {
    for await (const result of pipeline.stream(images, readImage)) {
      const faces = facesOrNote(result);
      if (faces?.length === 0) note(`${result.item}: no face`);
      for (const face of faces ?? []) print(describe(result.item, face, pipeline.embedder.id, flags));
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
