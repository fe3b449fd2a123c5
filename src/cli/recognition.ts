/** What the commands that compare faces share when they run: the networks and the threshold. */
import type { SessionOptions } from "../compiler/runtime/index.ts";
import { type ContractOverrides, openEmbedder, parseTemplate } from "../faces/embedder/index.ts";
import { alignedCrops, type FacePipeline, facePipeline, openFaces } from "../faces/face/index.ts";
import { findModel } from "../faces/models/index.ts";
import { type ChosenThreshold, describeSources, type ThresholdOptions } from "../faces/people/index.ts";
import { given } from "./given.ts";
import type { ContractFlags, RecognitionFlags, SessionFlags, ThresholdFlags } from "./options/shared.ts";
import { note } from "./output.ts";
import { watchFaces } from "./watch-faces.ts";

/** The flags of the session. */
export function sessionOptionsOf({ threads, device }: SessionFlags): SessionOptions {
  return given({ threads, device });
}

/** The flags of preprocessing. @throws {ModelError} for an unknown template. */
export function contractOverrides({ flip, mean, std, channels, template, output }: ContractFlags): ContractOverrides {
  return given({
    flip,
    mean,
    std,
    channels,
    output,
    template: template === undefined ? undefined : parseTemplate("--template", template),
  });
}

/** The flags of the threshold; what the user should know of the calibration is noted on stderr. */
export function thresholdOptionsOf({ far, threshold }: ThresholdFlags): ThresholdOptions {
  return { ...given({ far, threshold }), onNote: note };
}

/** Where a threshold comes from, in one line; no line for one that the caller gave. */
export function describeThreshold({ threshold, far, farInterval, sources }: ChosenThreshold): string[] {
  if (far === null || farInterval === null || sources === null) return [];
  const { low, high } = farInterval;
  const rates = `${low.toExponential(1)} to ${high.toExponential(1)}`;
  return [`threshold ${threshold.toFixed(3)} was measured on ${describeSources(sources)}; the true FAR is ${rates}`];
}

/** Opens the networks that the flags name, calls `use`, and closes them. Aligned crops need no detector. */
export async function withRecognition<Result>(
  flags: RecognitionFlags,
  use: (faces: FacePipeline) => Promise<Result>,
): Promise<Result> {
  const faces = await openRecognition(flags);
  try {
    return await use(faces);
  } finally {
    await faces.close();
  }
}

async function openRecognition(flags: RecognitionFlags): Promise<FacePipeline> {
  const { minimumScore, smallestFace } = flags;
  const [model, detector] = [findModel(flags.model), findModel(flags.detector)];
  const contract = contractOverrides(flags);
  const session = sessionOptionsOf(flags);
  if (flags.aligned)
    return watchFaces(facePipeline(alignedCrops(), await openEmbedder(model, contract, { ...session, onNote: note })));
  const pipeline = await openFaces({
    model,
    detector,
    contract,
    ...session,
    onNote: note,
    ...given({ minimumScore, smallestFace }),
  });
  return watchFaces(pipeline, pipeline.detector);
}
