export { annealedLambda } from "./angle-multiplier.ts";
export { type ArcFaceOptions, arcFace } from "./arcface.ts";
export { type ASoftmaxOptions, aSoftmax } from "./asoftmax.ts";
export { buildLoss } from "./build-loss.ts";
export { type CenterLossOptions, softmaxCenter } from "./center.ts";
export { CENTER_SHARES, dominantCenters, nearestOwnIndex, updateShares } from "./center-shares.ts";
export { type CombinedMarginOptions, combinedMargin } from "./combined.ts";
export { type ContrastiveOptions, softmaxContrastive } from "./contrastive.ts";
export { type CosFaceOptions, cosFace, PAPER_MARGIN, PAPER_SCALE } from "./cosface.ts";
export { meanCrossEntropy } from "./cross-entropy.ts";
export { type EvaluatedLoss, evaluateLoss, type LossEvaluation, type Rows, type StateValue } from "./evaluate-loss.ts";
export type {
  FaceLoss,
  LossScope,
  LossTerms,
  RunningStatistic,
  SampleScope,
  StepPosition,
  StepScalar,
} from "./loss.ts";
export {
  type ComparedLoss,
  defineLoss,
  describeRange,
  type GivenOptions,
  type LossDefinition,
  type LossOption,
  type LossSchema,
} from "./loss-definition.ts";
export { type LSoftmaxOptions, lSoftmax } from "./lsoftmax.ts";
export { type NslOptions, nsl } from "./nsl.ts";
export {
  type ChosenLoss,
  chooseLossOptions,
  comparedLosses,
  createLoss,
  defaultLoss,
  describeLoss,
  findLoss,
  isSameLoss,
  type LossName,
  type LossOptions,
  lossDefinitions,
  lossNames,
  parseLossOptions,
  requireOwnName,
} from "./registry.ts";
export { at, floats } from "./results.ts";
export { softmaxLoss } from "./softmax.ts";
export { stepNoise } from "./step-noise.ts";
export { takesMargin } from "./takes-margin.ts";
export { cosines, replaceTarget, targetEntry } from "./target.ts";
export { type TripletOptions, triplet } from "./triplet.ts";
export { CENTERS, marginScalar, NOISE, WholeLossScope } from "./whole-loss-scope.ts";
