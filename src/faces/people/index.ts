export {
  type CalibrateOptions,
  type Calibration,
  type CalibrationSource,
  calibrate,
  thresholdFor,
} from "./calibration.ts";
export { calibrationFile, parseCalibration, readCalibration, writeCalibration } from "./calibration-file.ts";
export { type ClusterOptions, type Clusters, cluster } from "./cluster.ts";
export { type EmbedFolderOptions, embedFolder, type FolderFaces } from "./embed-folder.ts";
export {
  type IdentifyOptions,
  KnownPeople,
  type KnownPerson,
  type PersonIdentification,
  type PersonMatch,
  type StrangerSearches,
} from "./known-people.ts";
export { CLUSTER_FAR, DEFAULT_FAR, DEFAULT_FARS } from "./names.ts";
export { type FaceVerification, verify } from "./verify.ts";
