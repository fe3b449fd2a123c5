import { requireBetween, requireInteger } from "../../base/core/index.ts";
import type { ModelThreshold } from "../../faces/people/index.ts";
import { requireName } from "./checks.ts";
import type { GalleryContext } from "./context.ts";
import { selectCalibrations, upsertCalibration } from "./sql/calibrations.ts";

/** A threshold as a gallery keeps it, and when it was saved. */
export type SavedThreshold = ModelThreshold & { readonly createdAt: Date };

/** PostgreSQL's largest `integer`. */
const LARGEST_COUNT = 2 ** 31 - 1;

/** Replaces the threshold of the same model at the same FAR. */
export async function saveCalibration({ database }: GalleryContext, calibration: ModelThreshold): Promise<void> {
  const { far, genuineCount, impostorCount, model, sources = null, threshold, thresholdInterval } = calibration;
  requireName("gallery: model", model);
  requireBetween("gallery: far", far, Number.MIN_VALUE, 1 - Number.EPSILON);
  requireBetween("gallery: threshold", threshold, -1, 1);
  requireInteger("gallery: genuineCount", genuineCount, 1);
  requireInteger("gallery: impostorCount", impostorCount, 1);
  requireBetween("gallery: genuineCount", genuineCount, 1, LARGEST_COUNT);
  requireBetween("gallery: impostorCount", impostorCount, 1, LARGEST_COUNT);
  const { low, high } = thresholdInterval;
  await upsertCalibration(database, {
    model,
    far,
    threshold,
    thresholdLow: low,
    thresholdHigh: high,
    genuineCount,
    impostorCount,
    sources,
  });
}

/** The thresholds of a model, in the order of their FARs. */
export async function listCalibrations({ database }: GalleryContext, model: string): Promise<SavedThreshold[]> {
  const rows = await selectCalibrations(database, model);
  return rows.map(({ thresholdHigh: high, thresholdLow: low, sources, ...rest }) => ({
    ...rest,
    thresholdInterval: { low, high },
    ...(sources !== null && { sources }),
  }));
}
