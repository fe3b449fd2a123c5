export { type CsvRecord, parseCsv } from "./csv.ts";
export type { FileSource } from "./file-source.ts";
export { fileKind, type ImageFormat, imageFormat } from "./image-format.ts";
export {
  describePassedOver,
  type ImageFile,
  type ImageListing,
  isMissing,
  listImages,
  MAX_DEPTH,
  type PassedOver,
} from "./list-images.ts";
export { addressBeside, describeReadError, readBytes, readText } from "./read-bytes.ts";
export { type FileParts, type WriteOptions, writeAtomically, writeTogether } from "./write-atomically.ts";
