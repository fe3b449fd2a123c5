/** Which threshold an answer rests on: one that was given, or a calibration's for a false accept rate. */
import { type KnownKeys, requireBetween, requireFields, requireObject } from "../../base/core/index.ts";
import type { Interval } from "../../measure/eval/index.ts";
import type { Embedder } from "../embedder/index.ts";
import { type Calibration, sourcesOf, thresholdFor } from "./calibration.ts";
import { type ReadCalibrationOptions, readCalibration } from "./calibration-file.ts";
import type { ThresholdSource } from "./calibration-sources.ts";
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

/** Lowest score that is accepted, and what is known of it; nulls for a threshold that the caller gave. */
export type ChosenThreshold = {
  readonly threshold: number;
  /** Share of impostor pairs that the threshold is expected to accept. */
  readonly far: number | null;
  /** The interval that holds the true share, at the calibration's confidence. */
  readonly farInterval: Interval | null;
  /** The photographs that the threshold was measured on. */
  readonly sources: readonly ThresholdSource[] | null;
};

/**
 * The threshold for the scores of an embedder.
 *
 * @throws {CalibrationError} when the model is not calibrated, or not for this rate.
 * @throws {OptionError} when the threshold is not a cosine.
 */
export async function chooseThreshold(
  embedder: Pick<Embedder, "id" | "source">,
  options: ThresholdOptions = {},
): Promise<ChosenThreshold> {
  requireFields("embedder", embedder, { id: "a text", source: "a text" });
  requireObject("options of chooseThreshold", options);
  const { id, source } = embedder;
  const { far = DEFAULT_FAR, threshold, calibration, onNote } = options;
  if (threshold !== undefined) {
    requireBetween("threshold", threshold, -1, 1);
    return { threshold, far: null, farInterval: null, sources: null };
  }
  return calibratedThreshold(
    calibration ?? (await readCalibration(source, id, onNote === undefined ? {} : { onNote })),
    far,
  );
}

/** The threshold of a calibration for a FAR. @throws {CalibrationError} when the rate is not calibrated. */
export function calibratedThreshold(calibration: Calibration, far: number): ChosenThreshold {
  const entry = thresholdFor(calibration, far);
  const { threshold, farInterval } = entry;
  return { threshold, far, farInterval, sources: sourcesOf(calibration, entry) };
}
