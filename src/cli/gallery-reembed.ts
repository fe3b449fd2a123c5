/** A collection's way to another model, by the pictures that were kept of its people. */
import { Command } from "commander";
import { OptionError } from "../core/index.ts";
import { alignmentTarget, embeddingLength, openEmbedder } from "../embedder/index.ts";
import { alignedCrops, type FacePipeline, facePipeline, mainFace } from "../face/index.ts";
import { decodeImage } from "../image/index.ts";
import { findModel } from "../models/index.ts";
import { addContractOptions, type ContractFlags } from "./face-options.ts";
import { openGalleryFaces } from "./gallery-faces.ts";
import { addGalleryOptions, withGallery } from "./gallery-options.ts";
import { clearProgress, print, printJson, progress } from "./output.ts";
import type { SettingFlags } from "./settings-options.ts";

type Flags = SettingFlags &
  ContractFlags & {
    readonly from: string;
    readonly photographs?: boolean;
    readonly dropWithoutPicture?: boolean;
    readonly json?: boolean;
  };

export function reembedCommand(): Command {
  const command = new Command("reembed")
    .description("Move a collection to another model, by the pictures that were kept of its people")
    .argument("<collection>")
    .option("--from <model>", "the model that it is of, whose crops the pictures are", findModel, "default")
    .option("--photographs", "the pictures are no crops of a model's: look for the face on each")
    .option("--drop-without-picture", "drop templates that have none, instead of changing nothing");
  return addContractOptions(addGalleryOptions(command, ["model", "detector", "threads"]))
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
--model is the model to move to. All is done in one transaction, or nothing: what
enrolls meanwhile waits. A service has to be started with the new model afterwards,
and the new model's scores need thresholds of their own (cosface calibrate).

Examples:
  cosface gallery reembed staff --model w600k
  cosface gallery reembed staff --from w600k --model runs/first/model.onnx`,
    )
    .action(runReembed);
}

async function runReembed(name: string, flags: Flags): Promise<void> {
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
  const embedder = await openEmbedder(from);
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
  const results = pipeline.stream(pictures, decodeImage, (faces, image) =>
    [mainFace(faces, image)].filter((face) => face !== undefined),
  );
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
