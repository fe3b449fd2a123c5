export { loadPretrained, type PretrainedName, PretrainedWeights, pretrainedNames } from "./weights-manifest.ts";
