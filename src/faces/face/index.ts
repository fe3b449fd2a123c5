export { type AlignedFace, type AlignedFolder, type AlignFolderOptions, alignFolder } from "./align-folder.ts";
export { alignedCrops } from "./aligned-crops.ts";
export {
  alignmentError,
  areLandmarksMirrored,
  type CheckFacesOptions,
  checkFaces,
  type FaceWarning,
  FEWEST_CHECKED_FACES,
  skinWarmth,
} from "./check-faces.ts";
export type { DetectedFace, FaceDetector, PhotographDetector } from "./detection.ts";
export { drawFaces } from "./draw-faces.ts";
export { type FaceRule, type FindFaceOptions, findFace, requireFaceRule } from "./find-face.ts";
export { type HeadPose, headPose } from "./head-pose.ts";
export { mainFace } from "./main-face.ts";
export { type DetectorName, detectorNames } from "./names.ts";
export { builtInDetectors, type DetectorOptions, openDetector } from "./open-detector.ts";
export {
  type Photograph,
  photographPath,
  readPhotograph,
  readPhotographBytes,
  requirePhotograph,
} from "./photograph.ts";
export {
  type ChooseFaces,
  type EmbeddedFace,
  type FacePipeline,
  type FacesOptions,
  facePipeline,
  openFaces,
  type PhotographFaces,
  requireOpen,
  type StreamOptions,
} from "./pipeline.ts";
export {
  DEFAULT_QUALITY_LIMITS,
  type FaceQuality,
  faceQuality,
  type QualityCode,
  type QualityLimits,
  type QualityRejection,
  qualityRejections,
} from "./quality.ts";
export { type PhotographVerification, verifyPhotographs } from "./verify-photographs.ts";
