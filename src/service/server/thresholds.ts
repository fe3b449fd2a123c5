/**
 * From which score on two faces are taken for one person. A threshold belongs to a model and to a false accept rate (FAR),
 * and has to be measured: one that is made up is none. Without one, every face is unknown.
 */
import { CalibrationError } from "../../base/core/index.ts";
import { DEFAULT_FAR } from "../../faces/people/index.ts";
import type { Gallery } from "../gallery/index.ts";
import { Type } from "./app.ts";
import type { FaceModel, Threshold } from "./parts.ts";

/** How a request says what it accepts. */
export const ThresholdQuery = {
  far: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      description: "Highest acceptable false accept rate of a comparison; default 0.001, or the nearest one measured",
    }),
  ),
  threshold: Type.Optional(
    Type.Number({ minimum: -1, maximum: 1, description: "Lowest score to accept, in place of a measured one" }),
  ),
};

/** The threshold that is used, and its FAR; null where it is not known. */
export type ChosenThreshold = { readonly threshold: number | null; readonly far: number | null };

/**
 * The threshold that was given, else the one measured for the highest FAR up to the one asked for.
 * @throws {CalibrationError} when nothing was measured for so low a FAR.
 */
export async function chooseThreshold(
  gallery: Gallery,
  model: FaceModel,
  { far, threshold }: { readonly far?: number; readonly threshold?: number },
  builtIn: readonly Threshold[] = [],
  defaultFar = DEFAULT_FAR,
): Promise<ChosenThreshold> {
  if (threshold !== undefined) return { threshold, far: null };
  const own = await gallery.calibrations(model.id);
  const measured = [...(own.length > 0 ? own : builtIn)].sort((a, b) => a.far - b.far);
  const [lowest] = measured;
  const found = measured.findLast((one) => one.far <= (far ?? defaultFar)) ?? (far === undefined ? lowest : undefined);
  if (found !== undefined) return { threshold: found.threshold, far: found.far };
  if (far === undefined) return { threshold: null, far: null };
  throw new CalibrationError(
    lowest === undefined
      ? "request: no thresholds were measured for this model: give a threshold in place of a FAR, or add calibrations"
      : `request: got FAR ${far}, expected at least ${lowest.far}, the lowest that was measured for this model`,
  );
}
