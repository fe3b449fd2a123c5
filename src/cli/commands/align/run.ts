import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { OptionError } from "../../../base/core/index.ts";
import { openFolder, packDataset } from "../../../base/data/index.ts";
import { alignmentTarget } from "../../../faces/embedder/index.ts";
import { type AlignedFace, type AlignedFolder, alignFolder, openDetector } from "../../../faces/face/index.ts";
import { findModel } from "../../../faces/models/index.ts";
import { ERROR, POSITIVE } from "../../exit-codes.ts";
import { given } from "../../given.ts";
import { interruption } from "../../interruption.ts";
import { clearProgress, notePassedOver, print, printJson, progress, summarizePassedOver } from "../../output.ts";
import { sessionOptionsOf } from "../../recognition.ts";
import { noteWarnings, WATCHED_FACES } from "../../watch-faces.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, source: string, out: string): Promise<number> {
  const { detector: model, minimumScore, smallestFace, template, input: inputSize, json } = flags;
  const isRecord = out.endsWith(".rec");
  if (isRecord && basename(out) !== "train.rec") {
    throw new OptionError(`got '${out}', expected a name that ends in train.rec, or a folder for the crops`);
  }
  if (isRecord && existsSync(out)) throw new OptionError(`'${out}' exists: name another file, or remove it`);
  const folder = isRecord ? `${out}.crops` : out;
  const target = alignmentTarget({ inputSize, template });
  const { signal } = interruption("stopping after this photograph; the same command continues");
  const detector = await openDetector(findModel(model), {
    ...sessionOptionsOf(flags),
    ...given({ minimumScore, smallestFace }),
  });
  try {
    const onProgress = (done: number, total: number) => progress(`${done} of ${total} photographs`);
    const faces: AlignedFace[] = [];
    const onFace = (face: AlignedFace) => {
      if (faces.length < WATCHED_FACES) faces.push(face);
    };
    const result = await alignFolder({ source, out: folder, detector, target, onFace, onProgress, signal });
    clearProgress();
    notePassedOver(result.passedOver);
    await noteWarnings(faces, target, detector);
    const summary = isRecord ? await packCrops(folder, dirname(out), result) : result;
    if (json) printJson({ ...summary, passedOver: summarizePassedOver(summary.passedOver), out });
    else print(...describe(summary, out));
    return summary.unreadableCount > 0 ? ERROR : POSITIVE;
  } finally {
    await detector.close();
  }
}

/** Packs the crops and removes their folder; the list of photographs that were left out stays. */
async function packCrops(crops: string, out: string, result: AlignedFolder): Promise<AlignedFolder> {
  const dataset = await openFolder(crops);
  await packDataset(dataset, out);
  await dataset.close();
  const leftOutFile = join(out, basename(result.leftOutFile));
  if (existsSync(result.leftOutFile)) await rename(result.leftOutFile, leftOutFile);
  await rm(crops, { recursive: true });
  return { ...result, leftOutFile };
}

function describe({ imageCount, alignedCount, noFaceCount, unreadableCount, leftOutFile }: AlignedFolder, out: string) {
  const lines = [`${out}: ${alignedCount} of ${imageCount} photographs aligned`];
  if (alignedCount === imageCount) return lines;
  return [...lines, `${leftOutFile}: ${noFaceCount} without a face, ${unreadableCount} unreadable`];
}
