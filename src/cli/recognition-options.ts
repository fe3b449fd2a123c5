/** What the commands that compare faces share: the model, the detector, the threshold, and the photographs. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { FaceError } from "../core/index.ts";
import { openEmbedder } from "../embedder/index.ts";
import {
  alignedCrops,
  type EmbeddedFace,
  type FacePipeline,
  facePipeline,
  mainFace,
  openFaces,
} from "../face/index.ts";
import { findModel } from "../models/index.ts";
import { DEFAULT_FAR, type FolderFaces, readCalibration, thresholdFor } from "../recognition/index.ts";
import { parseNumber } from "./arguments.ts";
import {
  addContractOptions,
  addSessionOptions,
  type ContractFlags,
  contractOverrides,
  type SessionFlags,
  sessionOptions,
} from "./face-options.ts";
import { readImage } from "./image-inputs.ts";
import { note } from "./output.ts";
import { watchFaces } from "./watch-faces.ts";

/** Model, detector and preprocessing. */
export type RecognitionFlags = ContractFlags & SessionFlags & { model: string; detector: string; aligned?: boolean };

/** Adds `--model`, `--detector`, `--aligned`, and how networks take pictures and run. */
export function addRecognitionOptions(command: Command): Command {
  command
    .option("--model <model>", "default, a pulled model, or an ONNX file, N×3×H×W → N×d", findModel, "default")
    .option("--detector <model>", "default, a pulled model, or the ONNX file of a detector", findModel, "default")
    .option("--aligned", "the pictures are aligned crops: no face is looked for");
  return addSessionOptions(addContractOptions(command));
}

/** A FAR to ask a calibration for, or a threshold without one. */
export type ThresholdFlags = { far?: number; threshold?: number };

/** Adds `--far` and `--threshold`. */
export function addThresholdOptions(command: Command, far = DEFAULT_FAR): Command {
  return command
    .option("--far <rate>", `a calibrated false accept rate; default ${formatRate(far)}`, parseRate)
    .addOption(
      new Option("--threshold <cosine>", "lowest score, instead of --far").argParser(parseNumber).conflicts("far"),
    );
}

/** Lowest score that is accepted, and its FAR: null for a threshold that somebody gave. */
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
  return { threshold: thresholdFor(await readCalibration(model, id), far).threshold, far };
}

/** Opens what the flags name; crops that are aligned need no detector. */
export async function openRecognition(flags: RecognitionFlags): Promise<FacePipeline> {
  const { model, detector, aligned } = flags;
  const contract = contractOverrides(flags);
  const session = sessionOptions(flags);
  if (aligned) return watchFaces(facePipeline(alignedCrops(), await openEmbedder(model, contract, session)));
  const pipeline = await openFaces({ model, detector, contract, ...session });
  return watchFaces(pipeline, pipeline.detector);
}

/** Which face of a photograph is meant: the only one, or the largest near the middle. */
export type FaceRule = "only" | "largest";

/** Adds `--face`. */
export function addFaceOption(command: Command): Command {
  return command.addOption(
    new Option("--face <rule>", "of several faces in a picture: refuse it, or take the largest near the middle")
      .choices(["only", "largest"])
      .default("only"),
  );
}

/**
 * The one face of a photograph.
 * @throws {FaceError} when there is none, or several and the rule is "only".
 */
export async function readFace(pipeline: FacePipeline, path: string, rule: FaceRule): Promise<EmbeddedFace> {
  const image = await readImage(path);
  const faces = await pipeline.detector.detect(image);
  if (faces.length === 0)
    throw new FaceError(`${path}: no face found: choose a picture that shows it larger or more clearly`);
  if (faces.length > 1 && rule === "only") {
    throw new FaceError(`${path}: ${faces.length} faces found, expected one: crop the picture, or give --face largest`);
  }
  const [face] = await pipeline.embedFaces(image, [mainFace(faces, image)!]);
  return face!;
}

/** Tells on stderr which photographs of a folder were left out. */
export function noteSkipped({ skipped }: FolderFaces): void {
  for (const { file, reason } of skipped) note(`left out: ${file}: ${reason}`);
}

/** "0.001" → 0.001. */
export function parseRate(text: string): number {
  const rate = parseNumber(text);
  if (!(rate > 0 && rate < 1)) throw new InvalidArgumentError(`got '${text}', expected a rate between 0 and 1`);
  return rate;
}

/** "0.01,1e-3" → [0.01, 0.001]. */
export function parseRates(text: string): number[] {
  return text.split(",").map(parseRate);
}

/** 0.001 → "1e-3". */
export function formatRate(rate: number): string {
  return rate.toExponential();
}
