// The arithmetic of benchmarks on embeddings and lists, which needs no files.
export { type AllPairsPoint, type AllPairsResult, verifyAllPairs } from "./all-pairs.ts";
export type { AccuracyInterval, FoldFigures } from "./fold-figures.ts";
export {
  type FoldVerification,
  type FoldVerificationOptions,
  type VerificationRule,
  verificationRules,
  verifyFolds,
} from "./fold-verification.ts";
export type { ThresholdKind } from "./grid-rules.ts";
export { clearNoisyDistractors, replaceNoisyProbes } from "./megaface-noise.ts";
export { type NearestFarPoint, type NearestFarPoints, tarAtNearestFars } from "./nearest-far.ts";
export { squaredPairDistances } from "./pair-distances.ts";
export type { PersonInterval } from "./people-of-pairs.ts";
export { type AccuracySpread, type RacesResult, type RaceVerification, verifyRaces } from "./races.ts";
export { identifyByRows, type RowIdentification, type RowIdentificationOptions } from "./rank-by-rows.ts";
export { verifyScores } from "./score-verification.ts";
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
export { meanFrameCosines } from "./videos.ts";
