import { Command } from "commander";
import { CosfaceError } from "../core/index.ts";
import { alignCrop, type Embedder, embedViews, openEmbedder } from "../embedder/index.ts";
import { normalizeEmbeddings } from "../eval/index.ts";
import { type EmbeddedFace, openFaces } from "../face/index.ts";
import {
  addContractOptions,
  addSessionOptions,
  type ContractFlags,
  contractOverrides,
  type SessionFlags,
  sessionOptions,
} from "./face-options.ts";
import { listImages, readImage } from "./image-inputs.ts";
import { note, print } from "./output.ts";

type Flags = ContractFlags & SessionFlags & { model: string; detector: string; aligned?: boolean; json?: boolean };

export function embedCommand(): Command {
  const command = new Command("embed")
    .argument("<images...>", "pictures, folders of pictures, or - for a picture on standard input")
    .option("--model <model>", "default, or an ONNX file, N×3×H×W → N×d", "default")
    .option("--detector <model>", "default, or the ONNX file of a detector", "default")
    .option("--aligned", "the pictures are aligned crops: no face is looked for");
  return addSessionOptions(addContractOptions(command))
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
  const failed = flags.aligned ? await embedCrops(images, flags) : await embedPhotographs(images, flags);
  if (failed > 0) process.exitCode = 1;
}

/** Prints the faces of photographs, and gives the number of those that cannot be read. */
async function embedPhotographs(images: readonly string[], flags: Flags): Promise<number> {
  const { model, detector, json } = flags;
  const pipeline = await openFaces({ model, detector, contract: contractOverrides(flags), ...sessionOptions(flags) });
  let failed = 0;
  try {
    for await (const result of pipeline.stream(images, readImage)) {
      if (result.error !== undefined) {
        failed++;
        note(`error: ${result.item}: ${result.error.message}`);
      } else if (result.faces.length === 0) {
        note(`${result.item}: no face`);
      } else {
        for (const face of result.faces)
          print(json ? faceLine(result.item, face, pipeline.embedder) : summary(result.item, face));
      }
    }
  } finally {
    await pipeline.close();
  }
  return failed;
}

/** Prints the embeddings of crops, and gives the number of those that cannot be read. */
async function embedCrops(images: readonly string[], flags: Flags): Promise<number> {
  const embedder = await openEmbedder(flags.model, contractOverrides(flags), sessionOptions(flags));
  let failed = 0;
  try {
    for (const image of images) {
      try {
        const crop = await alignCrop(await readImage(image), embedder.contract);
        const raw = await embedViews(embedder, [crop]);
        const face = { embedding: normalizeEmbeddings(raw).data, embeddingNorm: Math.hypot(...raw.data) };
        print(flags.json ? faceLine(image, face, embedder) : summary(image, face));
      } catch (error) {
        if (!(error instanceof CosfaceError)) throw error;
        failed++;
        note(`error: ${image}: ${error.message}`);
      }
    }
  } finally {
    await embedder.close();
  }
  return failed;
}

type PrintedFace = Pick<EmbeddedFace, "embedding" | "embeddingNorm"> & Partial<EmbeddedFace>;

function faceLine(image: string, face: PrintedFace, embedder: Embedder): string {
  const { box, score, landmarks, embedding, embeddingNorm: norm } = face;
  return JSON.stringify({ image, box, score, landmarks, embedding: [...embedding], norm, model: embedder.id });
}

function summary(image: string, { box, score, embedding, embeddingNorm }: PrintedFace): string {
  const place = box === undefined ? "" : ` at ${[box.x, box.y, box.width, box.height].map(Math.round).join(", ")}`;
  const certainty = score === undefined ? "" : `, score ${score.toFixed(3)}`;
  return `${image}: face${place}${certainty}: ${embedding.length} numbers, norm ${embeddingNorm.toFixed(3)} (--json prints them)`;
}
