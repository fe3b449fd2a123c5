export { faceRecognitionGraph } from "./face-recognition.ts";
export { LANDMARK_SIDE, landmarkNetwork } from "./landmark-network.ts";
export { normalizePixels } from "./layers.ts";
export { loadMediapipe, type MediapipeName } from "./mediapipe.ts";
export { SSD_SIDE, ssdAnchors, ssdMobilenet } from "./ssd-mobilenet.ts";
export type { TfliteNetwork } from "./tflite.ts";
export { tinyFaceDetector } from "./tiny-face-detector.ts";
export { loadPretrained, type PretrainedName, PretrainedWeights, pretrainedNames } from "./weights-manifest.ts";
