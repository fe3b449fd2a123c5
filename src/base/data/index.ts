export {
  type DatasetSummary,
  datasetDigest,
  decodeSample,
  type FaceDataset,
  type FaceDatasetParts,
  type FaceSample,
  faceDataset,
  requireTrainable,
  summarize,
} from "./face-dataset.ts";
export { listPeople, type PeopleFolder } from "./folder/people.ts";
export { type FolderDataset, openFolder } from "./folder/samples.ts";
export { unpackDataset } from "./folder/write.ts";
export { type AssignedGroups, assignGroups } from "./groups/assign-groups.ts";
export { type PeopleAttribute, parsePeopleGroups, readPeopleGroups } from "./groups/people-groups.ts";
export { type LfwPair, type LfwPairs, parseLfwPair } from "./lfw/records.ts";
export { lfwImages, readLfwPairs } from "./lfw/samples.ts";
export { openDataset } from "./open-dataset.ts";
export { packDataset } from "./recordio/write.ts";
export { selectPeople } from "./select-people.ts";
export { readVerificationBin } from "./verification-bin/samples.ts";
export {
  type EncodedVerificationSet,
  type UnreadableImage,
  unreadableImages,
  type VerificationPair,
  type VerificationSet,
  verificationSetOf,
} from "./verification-set.ts";
