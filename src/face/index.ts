export type { DetectedFace, FaceDetector } from "./detection.ts";
