/** Which threshold an answer rests on: one that was given, or a calibration's for a false accept rate. */
import { type KnownKeys, requireBetween } from "../../base/core/index.ts";
import type { Embedder } from "../embedder/index.ts";
import { type Calibration, thresholdFor } from "./calibration.ts";
import { type ReadCalibrationOptions, readCalibration } from "./calibration-file.ts";
import { DEFAULT_FAR } from "./names.ts";

/** How a caller chooses a threshold. */
export type ThresholdOptions = {
  /** False accept rate of one comparison, one of those calibrated; default 1e-3. */
  readonly far?: number;
  /** Lowest score that is accepted, a cosine, instead of a calibrated one. */
  readonly threshold?: number;
  /** Default: the calibration of the model, see {@link readCalibration}. */
  readonly calibration?: Calibration;
} & ReadCalibrationOptions;

/** The names of the options that choose a threshold. */
export const thresholdKeys: KnownKeys<ThresholdOptions> = {
  far: true,
  threshold: true,
  calibration: true,
  onNote: true,
};

/** Lowest score that is accepted, and its false accept rate; null for a threshold that the caller gave. */
export type ChosenThreshold = { readonly threshold: number; readonly far: number | null };

/**
 * The threshold for the scores of an embedder.
 *
 * @throws {CalibrationError} when the model is not calibrated, or not for this rate.
 * @throws {OptionError} when the threshold is not a cosine.
 */
export async function chooseThreshold(
  { id, source }: Pick<Embedder, "id" | "source">,
  { far = DEFAULT_FAR, threshold, calibration, onNote }: ThresholdOptions = {},
): Promise<ChosenThreshold> {
  if (threshold !== undefined) {
    requireBetween("threshold", threshold, -1, 1);
    return { threshold, far: null };
  }
  const used = calibration ?? (await readCalibration(source, id, onNote === undefined ? {} : { onNote }));
  return { threshold: thresholdFor(used, far).threshold, far };
}
