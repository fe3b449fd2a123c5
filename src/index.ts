/**
 * What most programs need of `cosface`: recognize, enroll, train, and measure. Each subpath, such as `cosface/face` or
 * `cosface/eval`, has everything of its part; this entry selects from them.
 *
 * @module cosface
 */
export {
  CalibrationError,
  type CancelSignal,
  ConflictError,
  CosfaceError,
  DatasetError,
  DeviceError,
  DivergenceError,
  DownloadError,
  FaceError,
  GalleryError,
  ImageError,
  ModelError,
  NotFoundError,
  OptionError,
  QualityError,
  type QualityReason,
  ShapeError,
  TrainingError,
  UnavailableError,
  type UrlLike,
} from "./base/core/index.ts";
export { type FaceDataset, openDataset } from "./base/data/index.ts";
export type { RgbImage } from "./base/image/index.ts";
export { type Embedder, openEmbedder } from "./faces/embedder/index.ts";
export {
  type DetectedFace,
  type EmbeddedFace,
  type FacePipeline,
  type FaceQuality,
  type FaceRule,
  type FacesOptions,
  type FindFaceOptions,
  faceQuality,
  findFace,
  openFaces,
  type Photograph,
  type QualityRejection,
  qualityRejections,
  readPhotograph,
} from "./faces/face/index.ts";
export {
  type CalibrateFolderOptions,
  type Calibration,
  calibrateFolder,
  type Enrollment,
  type EnrollOptions,
  enroll,
  type FaceOfPhotograph,
  type FacesChoice,
  type FaceVerification,
  type FolderCalibration,
  type FolderPeople,
  type IdentifiedFace,
  type IdentifyOptions,
  type IdentifyPhotographOptions,
  identify,
  type LeftOutPhotograph,
  type OpenPeopleOptions,
  openPeople,
  type PeopleStore,
  type PersonIdentification,
  type PersonMatch,
  type PhotographSource,
  type PhotographsToEnroll,
  type ReadCalibrationOptions,
  readCalibration,
  type SortedPhotographs,
  type SortPhotographsOptions,
  sortPhotographs,
  type ThresholdOptions,
  type VerifyOptions,
  verify,
} from "./faces/people/index.ts";
export { type BoundsReport, type DescribeBoundsOptions, describeBounds } from "./measure/hypersphere/index.ts";
export { type Gallery, type GalleryOptions, openGallery } from "./service/gallery/index.ts";
export {
  createLoss,
  type EvaluatedLoss,
  evaluateLoss,
  type FaceLoss,
  type LossEvaluation,
  type LossOptions,
} from "./training/losses/index.ts";
export { type Architecture, findNetwork } from "./training/nn/index.ts";
export { type TrainingOptions, type TrainingResult, type TrainingRun, train } from "./training/train/index.ts";
