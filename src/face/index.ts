export { type AlignmentTarget, alignFace, alignmentTarget } from "./align.ts";
export type { DetectedFace, FaceDetector } from "./detection.ts";
export { type DetectorOptions, openDetector } from "./open-detector.ts";
