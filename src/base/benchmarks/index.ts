// Readers of the list files of benchmarks, as they are published.

export { readAgeDbPairs } from "./agedb.ts";
export { cfpTests, readCfpPairs } from "./cfp.ts";
export { isFolder, namesInFolder } from "./folder-names.ts";
export {
  type IjbFaces,
  type IjbImages,
  type IjbMembers,
  type IjbName,
  type IjbSearches,
  type IjbSubjects,
  ijbImages,
  readIjbFaces,
  readIjbMembers,
  readIjbPairs,
  readIjbSearches,
} from "./ijb.ts";
export { type ListedImages, type ListedPair, listedImages, listedPath } from "./listed-pairs.ts";
export { type MatValue, readMatFile } from "./mat-file.ts";
export { type MegaFaceFeatures, readMegaFaceFeatures } from "./megaface-features.ts";
export { type MegaFaceList, readDistractorList, readNoise, readProbeList } from "./megaface-lists.ts";
export { readEmbeddings } from "./npy.ts";
export type { TemplatePairList } from "./pair-numbers.ts";
export { readRfwPairs } from "./rfw.ts";
export { readTinyFace, type TinyFaceImages, type TinyFaceSet } from "./tinyface.ts";
export { readTwoLinePairs } from "./two-line-pairs.ts";
export { readVideoFeatures, type VideoFeatures } from "./video-features.ts";
export { imageStem, readQualities } from "./xqlfw.ts";
export { type FrameChoice, readVideoPairs, type VideoFrames, type VideoPairs, videoFrames } from "./ytf.ts";
