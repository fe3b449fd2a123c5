/**
 * What makes a score an answer. A cosine of 0.4 means nothing by itself: for one network it is a stranger, for another
 * the same person. A calibration says, for one model, at which threshold which share of impostor pairs is accepted; with
 * it an answer reads "accepted at FAR 1e-3".
 */
import { CalibrationError, requireBetween } from "../../base/core/index.ts";
import {
  calibratePeople,
  crossPairs,
  type LabeledEmbeddings,
  type PeopleThreshold,
  type Refusal,
  shareForCalibration,
} from "../../measure/eval/index.ts";
import { DEFAULT_FARS } from "./names.ts";

/** Thresholds of one model, and what they were measured on. */
export type Calibration = {
  /** Id of the embedder: a digest over its weights and its contract. */
  readonly model: string;
  /** The pictures that it was measured on, in words, such as "LFW, aligned photographs". */
  readonly measuredOn: string;
  /** The detector that found the faces; null where the pictures were aligned already. */
  readonly detector: string | null;
  /** Day of the measurement, such as "2026-11-24". */
  readonly date: string;
  readonly identityCount: number;
  readonly imageCount: number;
  /** Thresholds found, and rates that the pairs could not tell, with the reason. */
  readonly thresholds: readonly (PeopleThreshold | Refusal)[];
};

/** What a calibration is of, besides its numbers. */
export type CalibrationSource = Pick<Calibration, "model" | "measuredOn"> & {
  /** Default null: aligned already. */
  readonly detector?: string | null;
  /** Default: today. */
  readonly date?: string;
};

/** Which rates are calibrated, and how sure the intervals are. */
export type CalibrateOptions = {
  /** Default 1e-2, 1e-3 and 1e-4. */
  readonly fars?: readonly number[];
  /** Two-sided, in (0, 1); default 0.95. */
  readonly confidence?: number;
};

/**
 * Measures all pairs of labeled faces, and finds the threshold for each FAR with intervals by persons; a rate that the
 * pairs cannot support is refused with the reason ({@link calibratePeople}).
 *
 * @throws {OptionError} when there are fewer than two people, no one has two images, or a number is out of range.
 */
export function calibrate(
  labeled: LabeledEmbeddings,
  { model, measuredOn, detector = null, date = new Date().toISOString().slice(0, 10) }: CalibrationSource,
  { fars = DEFAULT_FARS, confidence = 0.95 }: CalibrateOptions = {},
): Calibration {
  for (const far of fars) requireBetween("calibrate: far", far, 0, 1);
  const pairs = crossPairs(labeled, shareForCalibration(Math.max(...fars)));
  const { identityCount } = pairs;
  const imageCount = labeled.embeddings.count;
  const thresholds = calibratePeople(pairs, fars, { confidence });
  return { model, measuredOn, detector, date, identityCount, imageCount, thresholds };
}

/**
 * The threshold for a FAR that was calibrated.
 *
 * @throws {CalibrationError} when the rate was refused (with the reason), or is none of those calibrated.
 */
export function thresholdFor({ thresholds }: Calibration, far: number): PeopleThreshold {
  const found = thresholds.find((entry) => entry.far === far);
  if (found === undefined) {
    const known = thresholds.filter(({ threshold }) => threshold !== null).map((entry) => entry.far);
    throw new CalibrationError(
      `calibration: got FAR ${far}, expected one of those calibrated (${known.join(", ")}): choose one, or calibrate with --far ${far}`,
    );
  }
  if (found.threshold === null) throw new CalibrationError(`calibration: no threshold for FAR ${far}: ${found.reason}`);
  return found;
}
