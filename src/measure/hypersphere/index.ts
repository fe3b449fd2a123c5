export type { AngleHistogram } from "./angles.ts";
export { type BestPacking, bestPacking, type PackingMethod } from "./best-packing.ts";
export {
  adaCosScale,
  exactScale,
  type MarginBound,
  type MarginBoundKind,
  marginUpperBound,
  necessaryScale,
  type SphereSize,
  scaleLowerBound,
} from "./bounds.ts";
export {
  type CenterGeometry,
  type CenterGeometryOptions,
  type CenterPair,
  type ClassCenters,
  centerGeometry,
} from "./center-geometry.ts";
export { chooseMargin, chooseScale, DEFAULT_POSTERIOR } from "./choose.ts";
export { type CircleCloud, type CircleClouds, circleClouds } from "./circle-clouds.ts";
export { coveringCosine, fejesTothCosine, levenshteinCosine } from "./code-limits.ts";
export {
  type AngularBand,
  angularBand,
  boundaryLines,
  type CosinePoint,
  isFirstClass,
  isSecondClass,
  marginAtAngle,
} from "./decision-boundary.ts";
export {
  arcFaceRule,
  aSoftmaxPieces,
  aSoftmaxPsi,
  aSoftmaxRule,
  cosFaceRule,
  type DecisionRule,
  nslRule,
  softmaxRule,
} from "./decision-rules.ts";
export { type BoundsReport, type DescribeBoundsOptions, describeBounds } from "./describe-bounds.ts";
export {
  approximateFirstLoss,
  expectedFirstLoss,
  type FirstLossOptions,
  type FirstLossSphere,
  meanOverCosines,
} from "./first-loss.ts";
export { type Packing, type PackingOptions, spreadPoints } from "./packing.ts";
export {
  type IdentityGeometry,
  type SampleGeometry,
  type SampleGeometryOptions,
  sampleGeometry,
} from "./sample-geometry.ts";
