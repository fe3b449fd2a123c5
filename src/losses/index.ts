export { type CosFaceOptions, cosFace } from "./cosface.ts";
export {
  cosines,
  type FaceLoss,
  type LossInputs,
  lossValue,
  meanCrossEntropy,
  replaceTarget,
  targetEntry,
} from "./loss.ts";
export { type NslOptions, nsl } from "./nsl.ts";
export { softmaxLoss } from "./softmax.ts";
