/** Names that help pages list. This file imports nothing, so that a help page loads no network. */

/** Detectors that need no file: npm installs their weights. "default" is "mediapipe". */
export const detectorNames = ["default", "mediapipe", "ssd-mobilenet", "tiny-face"] as const;
/** Name of a detector that needs no file. */
export type DetectorName = (typeof detectorNames)[number];
