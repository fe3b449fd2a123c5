/** What the commands that compare faces share when they run: the networks, the threshold, and the photographs. */
import { FaceError } from "../base/core/index.ts";
import type { SessionOptions } from "../compiler/runtime/index.ts";
import { type ContractOverrides, openEmbedder, parseTemplate } from "../faces/embedder/index.ts";
import {
  alignedCrops,
  type EmbeddedFace,
  type FacePipeline,
  facePipeline,
  mainFace,
  openFaces,
  type PhotographFaces,
} from "../faces/face/index.ts";
import { findModel } from "../faces/models/index.ts";
import { DEFAULT_FAR, type FolderFaces, readCalibration, thresholdFor } from "../faces/people/index.ts";
import { given } from "./given.ts";
import { readImage } from "./image-inputs.ts";
import type { ContractFlags, FaceRule, RecognitionFlags, SessionFlags, ThresholdFlags } from "./options/shared.ts";
import { note } from "./output.ts";
import { watchFaces } from "./watch-faces.ts";

/** The flags of the session. */
export function sessionOptionsOf({ threads, device }: SessionFlags): SessionOptions {
  return given({ threads, device });
}

/** The flags of preprocessing. @throws {ModelError} for an unknown template. */
export function contractOverrides({ flip, mean, std, channels, template }: ContractFlags): ContractOverrides {
  return given({
    flip,
    mean,
    std,
    channels,
    template: template === undefined ? undefined : parseTemplate("--template", template),
  });
}

/** Lowest score that is accepted, and its FAR: null for a threshold from the command line. */
export type Decision = { readonly threshold: number; readonly far: number | null };

/**
 * The threshold that the flags ask for.
 * @throws {CalibrationError} when the model is not calibrated, or not for this rate.
 */
export async function decide(
  { model, far = DEFAULT_FAR, threshold }: Pick<RecognitionFlags, "model"> & ThresholdFlags,
  id: string,
): Promise<Decision> {
  if (threshold !== undefined) return { threshold, far: null };
  return { threshold: thresholdFor(await readCalibration(findModel(model), id), far).threshold, far };
}

/** Opens the networks that the flags name; aligned crops need no detector. */
export async function openRecognition(flags: RecognitionFlags): Promise<FacePipeline> {
  const [model, detector] = [findModel(flags.model), findModel(flags.detector)];
  const contract = contractOverrides(flags);
  const session = sessionOptionsOf(flags);
  if (flags.aligned) return watchFaces(facePipeline(alignedCrops(), await openEmbedder(model, contract, session)));
  const pipeline = await openFaces({ model, detector, contract, ...session });
  return watchFaces(pipeline, pipeline.detector);
}

/**
 * The one face of a photograph.
 * @throws {FaceError} without a face, or with several where the rule is "only".
 */
export async function readFace(pipeline: FacePipeline, path: string, rule: FaceRule): Promise<EmbeddedFace> {
  const image = await readImage(path);
  const faces = await pipeline.detector.detect(image);
  if (faces.length > 1 && rule === "only") {
    throw new FaceError(`${path}: ${faces.length} faces found, expected one: crop the image, or give --face largest`);
  }
  const main = mainFace(faces, image);
  const [face] = main === undefined ? [] : await pipeline.embedFaces(image, [main]);
  if (face === undefined) {
    throw new FaceError(`${path}: no face found: choose an image that shows it larger or more clearly`);
  }
  return face;
}

/** The faces of a photograph; undefined for one that cannot be read, which is reported on stderr. */
export function facesOrNote({ item, ...result }: PhotographFaces<string>): readonly EmbeddedFace[] | undefined {
  if (result.error === undefined) return result.faces;
  note(`error: ${item}: ${result.error.message}`);
  return undefined;
}

/** Names the photographs of a folder that were left out on stderr. */
export function noteSkipped({ skipped }: FolderFaces): void {
  for (const { file, reason } of skipped) note(`left out: ${file}: ${reason}`);
}
