// Readers of the list files of benchmarks, as they are published.
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
export { type MegaFaceFeatures, readMegaFaceFeatures } from "./megaface-features.ts";
export { type MegaFaceList, readDistractorList, readNoise, readProbeList } from "./megaface-lists.ts";
export { readEmbeddings } from "./npy.ts";
export type { TemplatePairList } from "./pair-numbers.ts";
export { readTinyFace, type TinyFaceImages, type TinyFaceSet } from "./tinyface.ts";
