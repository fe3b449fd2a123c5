export {
  adaCosScale,
  exactScale,
  type MarginBound,
  type MarginBoundKind,
  marginUpperBound,
  type SphereSize,
  scaleLowerBound,
} from "./bounds.ts";
export { coveringCosine, fejesTothCosine, levenshteinCosine } from "./code-limits.ts";
