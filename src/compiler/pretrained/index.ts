export { faceRecognitionGraph } from "./face-recognition.ts";
export { LANDMARK_SIDE, landmarkNetwork } from "./landmark-network.ts";
export { normalizePixels } from "./layers.ts";
export { loadMediapipe, type MediapipeName } from "./mediapipe.ts";
export { MTCNN_SIDES, mtcnnShapes, outputNetwork, PNET_STRIDE, proposalNetwork, refinementNetwork } from "./mtcnn.ts";
export { SSD_SIDE, ssdAnchors, ssdMobilenet } from "./ssd-mobilenet.ts";
export type { TfliteNetwork } from "./tflite.ts";
export { tinyFaceDetector } from "./tiny-face-detector.ts";
export {
  loadPretrained,
  loadWeights,
  type PretrainedName,
  PretrainedWeights,
  pretrainedNames,
} from "./weights-manifest.ts";
