/** Rates that help pages list. This file imports nothing, so that a help page loads no network. */

/** False accept rates that are calibrated by default. */
export const DEFAULT_FARS = [1e-2, 1e-3, 1e-4] as const;

/** The false accept rate of a decision by default: one impostor pair in a thousand is accepted. */
export const DEFAULT_FAR = 1e-3;

/**
 * The false accept rate whose threshold sorts photographs best, of those calibrated by default: stricter than for one
 * pair, since among n faces there are n²/2 pairs to go wrong (docs/notes/recognition.md).
 */
export const CLUSTER_FAR = 1e-4;
