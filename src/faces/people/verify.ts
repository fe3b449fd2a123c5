import {
  type CancelSignal,
  CosfaceError,
  FaceError,
  ImageError,
  OptionError,
  requireFields,
  requireKind,
  requireKnownKeys,
} from "../../base/core/index.ts";
import { cosineSimilarity } from "../../measure/eval/index.ts";
import {
  type FacePipeline,
  type FaceRule,
  findFace,
  type Photograph,
  photographPath,
  requireFaceRule,
  requirePhotograph,
} from "../face/index.ts";
import type { Calibration } from "./calibration.ts";
import { DEFAULT_FAR } from "./names.ts";
import {
  type ChosenThreshold,
  calibratedThreshold,
  chooseThreshold,
  type ThresholdOptions,
  thresholdKeys,
} from "./threshold.ts";
import { type FacesChoice, withFaces } from "./use-faces.ts";

/** Whether two faces are taken for the same person. */
export type FaceVerification = ChosenThreshold & {
  /** Cosine of the two embeddings, in [−1, 1]; not a probability. */
  readonly score: number;
  /** Whether the faces are taken for the same person's: score ≥ threshold. */
  readonly same: boolean;
  /** Id of the model that score and threshold belong to. */
  readonly model: string;
};

/** How two photographs are compared. */
export type VerifyOptions = ThresholdOptions &
  FacesChoice & {
    /** Which face of a photograph is meant; default "only": one of several faces is refused. */
    readonly face?: FaceRule;
    /** Ends the call with the signal's reason. */
    readonly signal?: CancelSignal;
  };

/**
 * Compares two photographs, 1:1: `await verify("a.jpg", "b.jpg")`.
 *
 * @throws {FaceError} when a photograph shows no face, or several and `face` is "only"; the message names it.
 * @throws {ImageError} when a photograph cannot be read.
 * @throws {OptionError} for a value that is not a photograph, and an option that does not exist; the message says what
 *   was got.
 * @throws {CalibrationError} when the model is not calibrated for the rate.
 */
export async function verify(a: Photograph, b: Photograph, options: VerifyOptions = {}): Promise<FaceVerification> {
  requireKnownKeys("options of verify", options, { ...thresholdKeys, faces: true, face: true, signal: true });
  if (options.face !== undefined) requireFaceRule(options.face);
  requirePhotograph(a, "first photograph");
  requirePhotograph(b, "second photograph");
  return withFaces(options, async (faces) => {
    const chosen = await chooseThreshold(faces.embedder, options);
    const left = await faceOf(faces, a, "first photograph", options);
    const right = await faceOf(faces, b, "second photograph", options);
    const score = cosineSimilarity(left.embedding, right.embedding);
    return { score, ...chosen, same: score >= chosen.threshold, model: faces.embedder.id };
  });
}

/** The face of one of several photographs; an error begins with the photograph's path, else with `name`. */
async function faceOf(faces: FacePipeline, photograph: Photograph, name: string, options: VerifyOptions) {
  options.signal?.throwIfAborted();
  const { face = "only" } = options;
  try {
    return await findFace(faces, photograph, { face, name: pathOf(photograph) ?? name });
  } catch (cause) {
    // Errors about a file name it already.
    if (!(cause instanceof CosfaceError) || cause instanceof FaceError || pathOf(photograph) !== undefined) throw cause;
    if (cause instanceof ImageError) throw new ImageError(`${name}: ${cause.message}`, { cause });
    if (cause instanceof OptionError) throw new OptionError(`${name}: ${cause.message}`, { cause });
    throw cause;
  }
}

function pathOf(photograph: Photograph): string | undefined {
  return photograph instanceof URL && photograph.protocol !== "file:" ? undefined : photographPath(photograph);
}

/**
 * Compares two embeddings, 1:1.
 *
 * @param far one of the rates calibrated; default 1e-3.
 * @throws {CalibrationError} when the rate is not calibrated.
 * @throws {OptionError} when the embeddings differ in size, or hold a number that is not finite.
 */
export function verifyEmbeddings(
  left: Float32Array,
  right: Float32Array,
  calibration: Calibration,
  far: number = DEFAULT_FAR,
): FaceVerification {
  requireKind("left embedding", left, "a list");
  requireKind("right embedding", right, "a list");
  requireFields("calibration", calibration, { thresholds: "a list" });
  const chosen = calibratedThreshold(calibration, far);
  const score = cosineSimilarity(left, right);
  return { score, ...chosen, same: score >= chosen.threshold, model: calibration.model };
}
