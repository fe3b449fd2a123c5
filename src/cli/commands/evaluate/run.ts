import { OptionError } from "../../../base/core/index.ts";
import { lfwImages, readLfwPairs } from "../../../base/data/index.ts";
import { openEmbedder, verifySet } from "../../../faces/embedder/index.ts";
import { openFaces, type PhotographVerification, verifyPhotographs } from "../../../faces/face/index.ts";
import { findModel } from "../../../faces/models/index.ts";
import type { TarAtFar, VerificationResult } from "../../../measure/eval/index.ts";
import { given } from "../../given.ts";
import { interruption, stoppable } from "../../interruption.ts";
import { clearProgress, formatPercent, print, printJson } from "../../output.ts";
import { contractOverrides, sessionOptionsOf } from "../../recognition.ts";
import { watchFaces } from "../../watch-faces.ts";
import { runDistractors } from "./distractors.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, source: string): Promise<void> {
  const model = findModel(source);
  const { images, pairs, align = false, protocol, json } = flags;
  if (protocol === "megaface") return runDistractors(model, flags);
  if (pairs === undefined) {
    throw new OptionError("--protocol lfw needs --pairs, a list of pairs");
  }
  const onProgress = stoppable(interruption("stopping without a result").signal, "images");
  const set = await lfwImages(images, await readLfwPairs(pairs));
  const result: Scored = await (align
    ? scorePhotographs(model, set, flags, onProgress)
    : scoreCrops(model, set, flags, onProgress));
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

/** A result with the id of the model, and the counts that only photographs have. */
type Scored = VerificationResult & { readonly model: string } & Partial<
    Pick<PhotographVerification, "imageCount" | "missedImageCount"> & { readonly detector: string }
  >;

type PairedImages = Awaited<ReturnType<typeof lfwImages>>;

type OnProgress = (done: number, total: number) => void;

async function scoreCrops(model: string, set: PairedImages, flags: Flags, onProgress: OnProgress) {
  const embedder = await openEmbedder(model, contractOverrides(flags), sessionOptionsOf(flags));
  try {
    const { centering = false } = flags;
    return { ...(await verifySet(embedder, set, { centering, onProgress })), model: embedder.id };
  } finally {
    await embedder.close();
  }
}

async function scorePhotographs(model: string, set: PairedImages, flags: Flags, onProgress: OnProgress) {
  const { centering = false } = flags;
  const detector = findModel(flags.detector ?? "default");
  const faces = await openFaces({
    model,
    detector,
    contract: contractOverrides(flags),
    ...sessionOptionsOf(flags),
    ...given({ smallestFace: flags.smallestFace }),
  });
  const pipeline = watchFaces(faces, faces.detector);
  try {
    const result = await verifyPhotographs(pipeline, set, { centering, onProgress });
    return { ...result, model: pipeline.embedder.id, detector: pipeline.detector.name };
  } finally {
    await pipeline.close();
  }
}

function describeResult(result: VerificationResult): string[] {
  const { variant, pairCount, accuracy, standardDeviation, folds, eer, auc, tarAtFar } = result;
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
