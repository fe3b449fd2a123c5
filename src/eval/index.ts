// Verification: pairs of images, 1:1.
export { bestThreshold } from "./best-threshold.ts";
export { combineViews, type FlipRule } from "./combine-views.ts";
// Rates and their uncertainty.
export { clopperPearsonInterval, type Interval, type Proportion, wilsonInterval } from "./confidence.ts";
export { type DetCurve, detCurve } from "./det.ts";
export { type Embeddings, normalizeEmbeddings } from "./embeddings.ts";
export { type PairScores, scorePairs, type VerificationPair } from "./pair-scores.ts";
export { probit } from "./probit.ts";
export { areaUnderCurve, type EqualErrorRate, equalErrorRate, type RocCurve, rocCurve } from "./roc.ts";
export { type OperatingPoint, type Refusal, tarAtFar, tarAtFars } from "./tar-at-far.ts";
export {
  describeVariant,
  type FoldResult,
  type TarAtFar,
  type VerificationOptions,
  type VerificationResult,
  type VerificationVariant,
  verifyTenFold,
} from "./ten-fold.ts";
