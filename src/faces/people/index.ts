export { builtInCalibrations } from "./built-in-calibrations.ts";
export {
  type CalibrateFolderOptions,
  type CalibrateFoldersOptions,
  calibrateFolder,
  calibrateFolders,
  type FolderCalibration,
  type SourceFolder,
} from "./calibrate-folder.ts";
export {
  type CalibrateOptions,
  type Calibration,
  type CalibrationEntry,
  type CalibrationSource,
  calibrate,
  calibrateOverSources,
  type ModelThreshold,
  measureSource,
  sourcesOf,
  thresholdFor,
} from "./calibration.ts";
export {
  builtInCalibration,
  calibrationFile,
  parseCalibration,
  type ReadCalibrationOptions,
  readCalibration,
  writeCalibration,
} from "./calibration-file.ts";
export {
  type CalibratedSource,
  type CalibrationPhotographs,
  describeSources,
  type KeptPhotographs,
  type ThresholdSource,
} from "./calibration-sources.ts";
export { type ClusterOptions, type Clusters, cluster } from "./cluster.ts";
export { type EmbedFolderOptions, embedFolder, type FolderFaces, type SkippedPhotograph } from "./embed-folder.ts";
export {
  type Enrollment,
  type EnrollOptions,
  enroll,
  type LeftOutPhotograph,
  type NewPhotograph,
  type PhotographsToEnroll,
} from "./enroll.ts";
export { type FolderPeople, type OpenPeopleOptions, openNegatives, openPeople } from "./folder-people.ts";
export {
  type IdentifiedFace,
  type IdentifiedPhotograph,
  type IdentifyPhotographOptions,
  identify,
  identifyAll,
} from "./identify.ts";
export { isNegative, KnownPeople, type KnownPerson, type NonMateSearches } from "./known-people.ts";
export { CLUSTER_FAR, DEFAULT_FAR, DEFAULT_FARS } from "./names.ts";
export type {
  IdentifyOptions,
  NewFace,
  PeopleStore,
  PersonIdentification,
  PersonMatch,
  PhotographSource,
} from "./people-store.ts";
export {
  type FaceOfPhotograph,
  type SortedPhotographs,
  type SortPhotographsOptions,
  sortPhotographs,
} from "./sort-photographs.ts";
export { type ChosenThreshold, chooseThreshold, type ThresholdOptions } from "./threshold.ts";
export { type FacesChoice, withFaces } from "./use-faces.ts";
export { type FaceVerification, type VerifyOptions, verify, verifyEmbeddings } from "./verify.ts";
