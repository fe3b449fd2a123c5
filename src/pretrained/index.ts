export { faceRecognitionGraph } from "./face-recognition.ts";
export { loadPretrained, type PretrainedName, PretrainedWeights, pretrainedNames } from "./weights-manifest.ts";
