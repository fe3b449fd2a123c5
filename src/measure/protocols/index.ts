// The arithmetic of benchmarks on embeddings and lists, which needs no files.
export { type AllPairsPoint, type AllPairsResult, verifyAllPairs } from "./all-pairs.ts";
export {
  type AccuracyInterval,
  type FoldVerification,
  type FoldVerificationOptions,
  type ThresholdKind,
  type VerificationRule,
  verificationRules,
  verifyFolds,
} from "./fold-verification.ts";
export { clearNoisyDistractors, replaceNoisyProbes } from "./megaface-noise.ts";
export { type NearestFarPoint, type NearestFarPoints, tarAtNearestFars } from "./nearest-far.ts";
export { squaredPairDistances } from "./pair-distances.ts";
export type { PersonInterval } from "./people-of-pairs.ts";
export { identifyByRows, type RowIdentification, type RowIdentificationOptions } from "./rank-by-rows.ts";
export {
  type GallerySearch,
  identifyTemplates,
  type MeanSearch,
  type RankRate,
  type SubjectTemplates,
  type TemplateIdentification,
  type TemplateIdentificationOptions,
  type TpirPoint,
} from "./template-identification.ts";
export {
  IJB_FARS,
  type TemplateOperatingPoint,
  type TemplatePairs,
  type TemplateVerification,
  verifyTemplates,
} from "./template-verification.ts";
export { type PoolingOptions, type TemplateImages, type TemplateSet, templatesFromImages } from "./templates.ts";
export type { ValidationRate } from "./validation-rate.ts";
