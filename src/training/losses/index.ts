export { annealedLambda } from "./angle-multiplier.ts";
export { type ArcFaceOptions, arcFace } from "./arcface.ts";
export { type ASoftmaxOptions, aSoftmax } from "./asoftmax.ts";
export { type CenterLossOptions, softmaxCenter } from "./center.ts";
export { type CombinedMarginOptions, combinedMargin } from "./combined.ts";
export { type ContrastiveOptions, softmaxContrastive } from "./contrastive.ts";
export { type CosFaceOptions, cosFace, PAPER_MARGIN, PAPER_SCALE } from "./cosface.ts";
export { type EvaluatedLoss, evaluateLoss, type LossEvaluation } from "./evaluate-loss.ts";
export {
  cosines,
  type FaceLoss,
  type LogitLoss,
  type LossInputs,
  lossValue,
  meanCrossEntropy,
  type Scale,
} from "./loss.ts";
export { type LSoftmaxOptions, lSoftmax } from "./lsoftmax.ts";
export { type NslOptions, nsl } from "./nsl.ts";
export { createLoss, type LossName, type LossOptions, lossNames } from "./registry.ts";
export { softmaxLoss } from "./softmax.ts";
export { type TripletOptions, triplet } from "./triplet.ts";
