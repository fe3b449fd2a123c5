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
export { chooseMargin, chooseScale, DEFAULT_POSTERIOR } from "./choose.ts";
export { coveringCosine, fejesTothCosine, levenshteinCosine } from "./code-limits.ts";
export { type BoundsReport, type DescribeBoundsOptions, describeBounds } from "./describe-bounds.ts";
export { approximateFirstLoss, expectedFirstLoss } from "./first-loss.ts";
export { type Packing, type PackingOptions, spreadPoints } from "./packing.ts";
