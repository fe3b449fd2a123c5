import type { Calibration } from "./calibration.ts";

/** Calibrations that come with cosface, so that verifying works before anyone has calibrated. */
export const builtInCalibrations: readonly Calibration[] = [];
