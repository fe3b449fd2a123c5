/**
 * Data sets of faces: folders, InsightFace record files, LFW pairs and verification files.
 *
 * @module cosface/data
 */

export {
  type IjbFaces,
  type IjbImages,
  type IjbMembers,
  type IjbName,
  type IjbSearches,
  type IjbSubjects,
  ijbImages,
  type MegaFaceFeatures,
  type MegaFaceList,
  readDistractorList,
  readEmbeddings,
  readIjbFaces,
  readIjbMembers,
  readIjbPairs,
  readIjbSearches,
  readMegaFaceFeatures,
  readNoise,
  readProbeList,
  readTinyFace,
  type TemplatePairList,
  type TinyFaceImages,
  type TinyFaceSet,
} from "./base/benchmarks/index.ts";
export {
  type DatasetSummary,
  datasetDigest,
  type EncodedVerificationSet,
  type FaceDataset,
  type FaceDatasetParts,
  type FaceSample,
  type FolderDataset,
  faceDataset,
  type LfwPair,
  type LfwPairs,
  lfwImages,
  openDataset,
  openFolder,
  type PeopleAttribute,
  packDataset,
  readLfwPairs,
  readPeopleGroups,
  readVerificationBin,
  requireTrainable,
  summarize,
  type UnreadableImage,
  unpackDataset,
  unreadableImages,
  type VerificationPair,
  type VerificationSet,
} from "./base/data/index.ts";
export {
  describePassedOver,
  type ImageFile,
  type ImageListing,
  listImages,
  type PassedOver,
} from "./base/files/index.ts";
