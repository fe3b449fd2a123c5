import { cosineSimilarity } from "../../measure/eval/index.ts";
import { type Calibration, thresholdFor } from "./calibration.ts";
import { DEFAULT_FAR } from "./names.ts";

/** Whether two faces are taken for the same person. */
export type FaceVerification = {
  /** Cosine of the two embeddings, in [−1, 1]; no probability. */
  readonly score: number;
  /** The faces are the same when score ≥ threshold. */
  readonly threshold: number;
  /** Share of impostor pairs that this threshold accepts, on the pictures that it was calibrated with. */
  readonly far: number;
  readonly same: boolean;
  /** Id of the model that score and threshold belong to. */
  readonly model: string;
};

/**
 * Compares two faces, 1:1.
 *
 * @param far one of the rates calibrated; default 1e-3.
 * @throws {CalibrationError} when the rate is not calibrated.
 * @throws {OptionError} when the embeddings differ in size, or hold a number that is not finite.
 */
export function verify(
  left: Float32Array,
  right: Float32Array,
  calibration: Calibration,
  far: number = DEFAULT_FAR,
): FaceVerification {
  const { threshold } = thresholdFor(calibration, far);
  const score = cosineSimilarity(left, right);
  return { score, threshold, far, same: score >= threshold, model: calibration.model };
}
