export type { Augmentation } from "./augment.ts";
export { type BatchOptions, type TrainingBatch, type TrainingBatches, trainingBatches } from "./batches.ts";
export {
  type DatasetSummary,
  type FaceDataset,
  type FaceDatasetParts,
  type FaceSample,
  faceDataset,
  requireTrainable,
  summarize,
} from "./face-dataset.ts";
export { fitToInput } from "./fit-to-input.ts";
export { type FolderDataset, openFolder } from "./folder/samples.ts";
export { IMAGE_ENDING } from "./folder/source.ts";
export { unpackDataset } from "./folder/write.ts";
export type { LfwPair, LfwPairs } from "./lfw/records.ts";
export { lfwImages, readLfwPairs } from "./lfw/samples.ts";
export { openDataset } from "./open-dataset.ts";
export { packDataset } from "./recordio/write.ts";
export type { BrokenImage } from "./sample-pixels.ts";
export {
  type Box,
  type Landmarks,
  landmarkTemplate,
  type RenderedFace,
  type RenderFaceOptions,
  type RenderSceneOptions,
  renderFace,
  renderScene,
  type Scene,
  type SyntheticFacesOptions,
  type SyntheticPair,
  type SyntheticPairsOptions,
  syntheticFaces,
  syntheticPairs,
  syntheticVerification,
} from "./synthetic/index.ts";
export { readVerificationBin } from "./verification-bin/samples.ts";
export type { VerificationPair, VerificationSet } from "./verification-set.ts";
export { writeAtomically } from "./write-atomically.ts";
