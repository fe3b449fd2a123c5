import { OptionError } from "../../../../base/core/index.ts";
import { alignmentTarget, embeddingLength, openEmbedder } from "../../../../faces/embedder/index.ts";
import { alignedCrops, type FacePipeline, facePipeline, mainFace } from "../../../../faces/face/index.ts";
import { findModel } from "../../../../faces/models/index.ts";
import type { ReembedResult } from "../../../../service/gallery/index.ts";
import { withGallery, withGalleryFaces } from "../../../gallery.ts";
import { interruption, stoppable } from "../../../interruption.ts";
import { clearProgress, print, printJson } from "../../../output.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, name: string): Promise<void> {
  const { signal } = interruption("changing nothing, then stopping");
  await withGallery(flags, async (gallery, settings) => {
    const collection = await gallery.collection(name);
    await withGalleryFaces({ ...flags, aligned: !flags.photographs }, settings, async (target) => {
      const { contract, id: model } = target.embedder;
      const pipeline = flags.photographs ? target : await fromCrops(target, flags.from, collection.model);
      const result = await gallery.reembed(name, {
        model,
        size: embeddingLength(contract),
        embed: (images) => embedImages(pipeline, images),
        withoutPicture: flags.dropWithoutImage ? "drop" : "refuse",
        onProgress: stoppable(signal, "images"),
      });
      clearProgress();
      if (flags.json) printJson({ collection: name, model, ...result });
      else print(...describe(name, model, result));
    });
  });
}

/** The target's embedder behind crops that are aligned as the other model takes them. */
async function fromCrops(target: FacePipeline, from: string, model: string): Promise<FacePipeline> {
  const embedder = await openEmbedder(findModel(from));
  await embedder.close();
  if (embedder.id !== model) {
    throw new OptionError(
      `--from: got model '${embedder.id}', but the collection has embeddings of '${model}': ` +
        "name the model of the collection, or give --photographs",
    );
  }
  return facePipeline(alignedCrops(alignmentTarget(embedder.contract)), target.embedder);
}

async function embedImages(pipeline: FacePipeline, images: readonly Uint8Array[]): Promise<(Float32Array | null)[]> {
  const embeddings: (Float32Array | null)[] = [];
  const results = pipeline.stream(images, async (bytes) => bytes, {
    choose: (faces, image) => [mainFace(faces, image)].filter((face) => face !== undefined),
  });
  for await (const result of results) {
    if (result.error !== undefined) throw result.error;
    embeddings.push(result.faces[0]?.embedding ?? null);
  }
  return embeddings;
}

function describe(name: string, model: string, result: ReembedResult): string[] {
  return [
    `${name}: ${result.embeddedCount} templates of model ${model}, ${result.droppedCount} dropped`,
    ...result.withoutTemplates.map((subject) => `enroll again: ${subject}`),
  ];
}
