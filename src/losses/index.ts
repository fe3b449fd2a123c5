export { type ArcFaceOptions, arcFace } from "./arcface.ts";
export { type ASoftmaxOptions, annealedLambda, aSoftmax } from "./asoftmax.ts";
export { type CombinedMarginOptions, combinedMargin } from "./combined.ts";
export { type CosFaceOptions, cosFace } from "./cosface.ts";
export { type EvaluatedLoss, evaluateLoss, type LossEvaluation } from "./evaluate-loss.ts";
export { cosines, type FaceLoss, type LossInputs, lossValue, meanCrossEntropy } from "./loss.ts";
export { type NslOptions, nsl } from "./nsl.ts";
export { createLoss, type LossName, type LossOptions, lossNames } from "./registry.ts";
export { softmaxLoss } from "./softmax.ts";
