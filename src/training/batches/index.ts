export { type Augmentation, augmenter } from "./augment.ts";
export { type BatchOptions, type TrainingBatch, type TrainingBatches, trainingBatches } from "./batches.ts";
export type { BrokenImage } from "./sample-pixels.ts";
