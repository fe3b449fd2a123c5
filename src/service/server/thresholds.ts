/**
 * The score from which on two faces count as one person. A threshold belongs to a model and to a false accept rate
 * (FAR), and has to be measured. Without a threshold, every face is unknown.
 */
import { CalibrationError } from "../../base/core/index.ts";
import { DEFAULT_FAR, type ThresholdSource } from "../../faces/people/index.ts";
import type { Gallery } from "../gallery/index.ts";
import type { FaceModel, Threshold } from "./parts.ts";

/** The threshold in use, its FAR, and the photographs that it was measured on; null where unknown. */
export type ChosenThreshold = {
  readonly threshold: number | null;
  readonly far: number | null;
  readonly sources: readonly ThresholdSource[] | null;
};

/**
 * The threshold of the request, else the one measured for the highest FAR up to the requested one.
 * @throws {CalibrationError} when no threshold was measured for so low a FAR.
 */
export async function chooseThreshold(
  gallery: Gallery,
  model: FaceModel,
  { far, threshold }: { readonly far?: number; readonly threshold?: number },
  builtIn: readonly Threshold[] = [],
  defaultFar = DEFAULT_FAR,
): Promise<ChosenThreshold> {
  if (threshold !== undefined) return { threshold, far: null, sources: null };
  const own = await gallery.calibrations(model.id);
  const measured = [...(own.length > 0 ? own : builtIn)].sort((a, b) => a.far - b.far);
  const [lowest] = measured;
  const found = measured.findLast((one) => one.far <= (far ?? defaultFar)) ?? (far === undefined ? lowest : undefined);
  if (found !== undefined) return { threshold: found.threshold, far: found.far, sources: found.sources ?? null };
  if (far === undefined) return { threshold: null, far: null, sources: null };
  throw new CalibrationError(
    lowest === undefined
      ? "request: no thresholds were measured for this model: give ?threshold= instead of ?far=, or add calibrations"
      : `request: got FAR ${far}, expected at least ${lowest.far}, the lowest that was measured for this model`,
  );
}
