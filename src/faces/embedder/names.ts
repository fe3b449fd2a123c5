/** Names that help pages list. This file imports nothing, so that a help page loads no network. */

/** The embedder that npm installs, as `--model` names it. */
export const DEFAULT_EMBEDDER = "default";

/** What can be done with the mirror image: nothing, both embeddings side by side, or their sum. */
export const flipRules = ["none", "concat", "sum"] as const;

/** Orders of the color planes that networks take. */
export const channelOrders = ["rgb", "bgr"] as const;
/** Order of the color planes that a network takes. */
export type ChannelOrder = (typeof channelOrders)[number];

/**
 * Alignment templates with a name:
 *
 * - `arcface`: InsightFace's 112×112 points, scaled to the height and centered in the width; at 112×96 these are
 *   SphereFace's and CosFace's.
 * - `arcface-128`: InsightFace's for sides that are multiples of 128 and not of 112: scaled by width / 128, with the
 *   eight new columns on the left and the new rows at the bottom.
 * - `none`: the network takes upright boxes, not aligned by landmarks.
 */
export const templateNames = ["arcface", "arcface-128", "none"] as const;
