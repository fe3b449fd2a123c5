import { Command, Option } from "commander";
import { OptionError } from "../core/index.ts";
import { lfwImages, readLfwPairs } from "../data/index.ts";
import { openEmbedder, verifySet } from "../embedder/index.ts";
import type { TarAtFar, VerificationResult } from "../eval/index.ts";
import { openFaces, type PhotographVerification, verifyPhotographs } from "../face/index.ts";
import { findModel } from "../models/index.ts";
import { runDistractors } from "./evaluate-distractors.ts";
import {
  addContractOptions,
  addSessionOptions,
  type ContractFlags,
  contractOverrides,
  type SessionFlags,
  sessionOptions,
} from "./face-options.ts";
import { clearProgress, formatPercent, print, printJson, progress } from "./output.ts";
import { watchFaces } from "./watch-faces.ts";

type Flags = ContractFlags &
  SessionFlags & {
    protocol: "lfw" | "megaface";
    images: string;
    pairs?: string;
    distractors?: string;
    align?: boolean;
    detector?: string;
    centering?: boolean;
    json?: boolean;
  };

export function evaluateCommand(): Command {
  const command = new Command("evaluate")
    .argument("<model>", "ONNX file, N×3×H×W → N×d, a pulled model, or default: the one that npm brings", findModel)
    .addOption(
      new Option("--protocol <name>", "ten-fold verification, or known people among strangers")
        .choices(["lfw", "megaface"])
        .default("lfw"),
    )
    .requiredOption("--images <folder>", "aligned images, NAME/NAME_0001.jpg")
    .option("--pairs <file>", "lfw: list of pairs in LFW's format")
    .option("--distractors <folder>", "megaface: aligned images of strangers; as --images, also train.rec")
    .option("--align", "the images are photographs: detect and align first")
    .option("--detector <model>", "with --align: default, a pulled model, or the ONNX file of a detector", findModel)
    .option("--centering", "subtract the mean embedding of the other folds");
  return addSessionOptions(addContractOptions(command))
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
With --align the largest face near the middle is taken. A pair with an image
without a face has score 0; missedImageCount says how many images those are.
With megaface each image is sought by each other image of its person, among the
distractors: rank-k rates, and TAR at FAR 1e-6 and up over all pairs with them.

Examples:
  cosface evaluate runs/first/model.onnx --images lfw/aligned --pairs lfw/pairs.txt
  cosface evaluate default --images lfw/photos --pairs lfw/pairs.txt --align
  cosface evaluate arcface.onnx --images lfw/aligned --pairs lfw/pairs.txt --mean 127.5 --std 127.5 --channels rgb --flip none
  cosface evaluate runs/first/model.onnx --protocol megaface --images people/ --distractors strangers/train.rec`,
    )
    .action(runEvaluate);
}

async function runEvaluate(model: string, flags: Flags): Promise<void> {
  const { images, pairs, align = false, detector, protocol, json } = flags;
  if (protocol === "megaface") return runDistractors(model, flags);
  if (pairs === undefined)
    throw new OptionError("evaluate: got protocol lfw without --pairs, expected a list of pairs");
  if (detector !== undefined && !align) throw new OptionError("evaluate: got --detector without --align: give both");
  const set = await lfwImages(images, await readLfwPairs(pairs));
  const result: Scored = await (align ? scorePhotographs(model, set, flags) : scoreCrops(model, set, flags));
  clearProgress();
  if (json) {
    const { genuineScores, impostorScores, ...rest } = result;
    printJson({ ...rest, protocol });
  } else {
    print(...describeResult(result));
    if (result.missedImageCount !== undefined) {
      print(`no face     in ${result.missedImageCount} of ${result.imageCount} images; their pairs have score 0`);
    }
  }
}

/** A result with the id of the model, and what only photographs have. */
type Scored = VerificationResult & { readonly model: string } & Partial<
    Pick<PhotographVerification, "imageCount" | "missedImageCount"> & { readonly detector: string }
  >;

type PairedImages = Awaited<ReturnType<typeof lfwImages>>;

async function scoreCrops(model: string, set: PairedImages, flags: Flags) {
  const embedder = await openEmbedder(model, contractOverrides(flags), sessionOptions(flags));
  try {
    const { centering = false } = flags;
    return { ...(await verifySet(embedder, set, { centering, onProgress })), model: embedder.id };
  } finally {
    await embedder.close();
  }
}

async function scorePhotographs(model: string, set: PairedImages, flags: Flags) {
  const { detector = "default", centering = false } = flags;
  const faces = await openFaces({ model, detector, contract: contractOverrides(flags), ...sessionOptions(flags) });
  const pipeline = watchFaces(faces, faces.detector);
  try {
    const result = await verifyPhotographs(pipeline, set, { centering, onProgress });
    return { ...result, model: pipeline.embedder.id, detector: pipeline.detector.name };
  } finally {
    await pipeline.close();
  }
}

function onProgress(done: number, total: number): void {
  progress(`${done} of ${total} images`);
}

function describeResult({
  variant,
  pairCount,
  accuracy,
  standardDeviation,
  folds,
  eer,
  auc,
  tarAtFar,
}: VerificationResult): string[] {
  const thresholds = folds.map(({ threshold }) => threshold);
  return [
    `accuracy    ${formatPercent(accuracy)} ± ${formatPercent(standardDeviation)} (standard deviation of ${folds.length} folds, ${pairCount} pairs)`,
    `variant     ${variant}`,
    `thresholds  ${Math.min(...thresholds).toFixed(3)} to ${Math.max(...thresholds).toFixed(3)} (cosine)`,
    `EER         ${formatPercent(eer)}`,
    `AUC         ${auc.toFixed(5)}`,
    ...tarAtFar.map(describeTar),
  ];
}

function describeTar({ far, tar, threshold, reason }: TarAtFar): string {
  const name = `TAR@FAR=${far}`.padEnd(18);
  return tar === null
    ? `${name}not measurable: ${reason}`
    : `${name}${formatPercent(tar)} (threshold ${threshold?.toFixed(3)})`;
}
