import { requireBetween, requireInteger } from "../../base/core/index.ts";
import { requireName } from "./checks.ts";
import type { GalleryContext } from "./context.ts";
import { selectCalibrations, upsertCalibration } from "./sql/calibrations.ts";

/** What a threshold was measured to mean, for one model. */
export type Calibration = {
  /** Id of the model whose scores these are. */
  readonly model: string;
  /** False accept rate that the threshold is for, in (0, 1). */
  readonly far: number;
  /** Lowest score that is accepted. */
  readonly threshold: number;
  /** Interval for the threshold of exactly this FAR; `high` is ∞ when the pairs were too few to bound it. */
  readonly thresholdInterval: { readonly low: number; readonly high: number };
  readonly genuineCount: number;
  readonly impostorCount: number;
};

/** Replaces the calibration of the same model at the same FAR. */
export async function saveCalibration({ database }: GalleryContext, calibration: Calibration): Promise<void> {
  const { far, genuineCount, impostorCount, model, threshold, thresholdInterval } = calibration;
  requireName("gallery: model", model);
  requireBetween("gallery: far", far, Number.MIN_VALUE, 1 - Number.EPSILON);
  requireBetween("gallery: threshold", threshold, -1, 1);
  requireInteger("gallery: genuineCount", genuineCount, 1);
  requireInteger("gallery: impostorCount", impostorCount, 1);
  const { low, high } = thresholdInterval;
  await upsertCalibration(database, {
    model,
    far,
    threshold,
    thresholdLow: low,
    thresholdHigh: high,
    genuineCount,
    impostorCount,
  });
}

/** Those of a model, in the order of their FARs. */
export async function listCalibrations(
  { database }: GalleryContext,
  model: string,
): Promise<(Calibration & { readonly createdAt: Date })[]> {
  const rows = await selectCalibrations(database, model);
  return rows.map(({ thresholdHigh: high, thresholdLow: low, ...rest }) => ({
    ...rest,
    thresholdInterval: { low, high },
  }));
}
