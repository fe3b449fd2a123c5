// Verification, 1:1.
export { bestThreshold } from "./best-threshold.ts";
// Calibration and uncertainty.
export {
  calibratePeople,
  type EffectiveCounts,
  effectiveCount,
  type MeasuredThreshold,
  measureThreshold,
  type PeopleThreshold,
  shareForCalibration,
} from "./calibrate-people.ts";
export {
  type CalibrateSourcesOptions,
  calibrateSources,
  rateAt,
  type SourceCurve,
  type SourcePoint,
  shareForSource,
  sourceCurve,
} from "./calibrate-sources.ts";
export { type CalibratedThreshold, calibrateThresholds, quantileInterval } from "./calibrate-thresholds.ts";
// Clusters of unlabeled faces.
export { type ClusteringAgreement, clusteringAgreement } from "./clustering.ts";
export { combineViews, type FlipRule } from "./combine-views.ts";
export {
  clopperPearsonInterval,
  effectiveInterval,
  type Interval,
  type Proportion,
  requireConfidence,
  wilsonInterval,
} from "./confidence.ts";
export { type CrossPairs, crossPairs, requireCrossPairs } from "./cross-pairs.ts";
export { type CrossPairsOptions, crossPairsByProduct } from "./cross-pairs-by-product.ts";
// Curves and distributions of genuine and impostor scores.
export { type DetCurve, detCurve } from "./det.ts";
export { cosineFromDistance, cosineFromSquaredDistance, squaredDistanceFromCosine } from "./distance.ts";
// Identification, 1:N.
export { type DistractorOptions, type DistractorResult, evaluateDistractors } from "./distractors.ts";
export {
  type HistogramOptions,
  type ScoreHistogram,
  type ScoreSeparation,
  scoreHistogram,
  scoreSeparation,
} from "./distributions.ts";
export { cosineSimilarity, dotProduct, type Embeddings, normalizeEmbeddings, squaredLengths } from "./embeddings.ts";
export { CosineScan, innerProducts, nearestRow } from "./exact-scan.ts";
export { expectedFpir, farForFpir } from "./fpir.ts";
export {
  type HighestCosines,
  type HighestCosinesOptions,
  type HighestPairs,
  highestCosines,
} from "./highest-cosines.ts";
export { cmcCurve, type IdentificationPoint, openSetIdentification } from "./identification.ts";
export { type NearestNeighbors, nearestNeighbors } from "./nearest-neighbors.ts";
export { type PairScores, scorePairs, type VerificationPair } from "./pair-scores.ts";
export { type MediaSums, poolTemplates, sumMedia } from "./pool-templates.ts";
export { probit } from "./probit.ts";
export {
  type FittedQualityWeights,
  fitQualityWeights,
  pairQualities,
  type QualityPairs,
  type QualityWeights,
  qualityScore,
} from "./quality-score.ts";
export { areaUnderCurve, type EqualErrorRate, equalErrorRate, type RocCurve, rocCurve } from "./roc.ts";
export { type LabeledEmbeddings, requireLabels, type SearchOutcomes, searchGallery } from "./search-gallery.ts";
export { studentQuantile } from "./student-quantile.ts";
export {
  lowestThreshold,
  type OperatingPoint,
  type Refusal,
  requireRates,
  tarAtFar,
  tarAtFars,
  tarAtHighest,
} from "./tar-at-far.ts";
export {
  describeVariant,
  type FoldResult,
  type TarAtFar,
  type VerificationOptions,
  type VerificationResult,
  type VerificationVariant,
  verifyTenFold,
} from "./ten-fold.ts";
export { type ScoredRow, TopRows } from "./top-rows.ts";
