import type { Augmentation } from "../../../training/batches/index.ts";

/** Named sets of augmentation. */
export const augmentations = {
  none: { flip: 0 },
  flip: {},
  strong: {
    geometry: { shift: 0.04, zoom: 0.08, rotationDegrees: 5 },
    color: { brightness: 0.25, contrast: 0.25, saturation: 0.25 },
    grayscale: 0.05,
    blur: { probability: 0.1 },
    erase: { probability: 0.2 },
  },
  /** Faces that were a few pixels high, enlarged again: down to a seventh of the input's size. */
  "low-resolution": { blur: { probability: 0.75, factor: 7 } },
} as const satisfies Readonly<Record<string, Augmentation>>;

/** Name of one of {@link augmentations}. */
export type AugmentationName = keyof typeof augmentations;

/** Names of {@link augmentations}. */
export const augmentationNames = Object.keys(augmentations) as readonly AugmentationName[];
