/** A collection's way to another model, by the pictures that were kept of its people. */
import { OptionError } from "../base/core/index.ts";
import { alignmentTarget, embeddingLength, openEmbedder } from "../faces/embedder/index.ts";
import { alignedCrops, type FacePipeline, facePipeline, mainFace } from "../faces/face/index.ts";
import { findModel } from "../faces/models/index.ts";
import { openGalleryFaces } from "./gallery-faces.ts";
import { withGallery } from "./gallery-options.ts";
import type { Flags } from "./gallery-reembed.ts";
import { clearProgress, print, printJson, progress } from "./output.ts";

export async function runReembed(name: string, flags: Flags): Promise<void> {
  await withGallery(flags, async (gallery, settings) => {
    const collection = await gallery.collection(name);
    const target = await openGalleryFaces({ ...flags, aligned: !flags.photographs }, settings);
    const { contract, id: model } = target.embedder;
    const pipeline = flags.photographs ? target : await fromCrops(target, flags.from, collection.model);
    try {
      const result = await gallery.reembed(name, {
        model,
        size: embeddingLength(contract),
        embed: (pictures) => embedPictures(pipeline, pictures),
        withoutPicture: flags.dropWithoutPicture ? "drop" : "refuse",
        onProgress: (done, total) => progress(`${done} of ${total} pictures`),
      });
      clearProgress();
      if (flags.json) printJson({ collection: name, model, ...result });
      else print(...describe(name, model, result));
    } finally {
      await target.close();
    }
  });
}

/** The target's embedder behind crops that are aligned as the other model takes them. */
async function fromCrops(target: FacePipeline, from: string, model: string): Promise<FacePipeline> {
  const embedder = await openEmbedder(findModel(from));
  await embedder.close();
  if (embedder.id !== model) {
    throw new OptionError(
      `gallery reembed: --from: got model '${embedder.id}', but the collection is of '${model}': ` +
        "name the model that it is of, or give --photographs",
    );
  }
  return facePipeline(alignedCrops(alignmentTarget(embedder.contract)), target.embedder);
}

async function embedPictures(
  pipeline: FacePipeline,
  pictures: readonly Uint8Array[],
): Promise<(Float32Array | null)[]> {
  const embeddings: (Float32Array | null)[] = [];
  const results = pipeline.stream(pictures, async (bytes) => bytes, {
    choose: (faces, image) => [mainFace(faces, image)].filter((face) => face !== undefined),
  });
  for await (const result of results) {
    if (result.error !== undefined) throw result.error;
    embeddings.push(result.faces[0]?.embedding ?? null);
  }
  return embeddings;
}

function describe(
  name: string,
  model: string,
  result: {
    readonly embeddedCount: number;
    readonly droppedCount: number;
    readonly withoutTemplates: readonly string[];
  },
): string[] {
  return [
    `${name}: ${result.embeddedCount} templates of model ${model}, ${result.droppedCount} dropped`,
    ...result.withoutTemplates.map((subject) => `to be enrolled again: ${subject}`),
  ];
}
