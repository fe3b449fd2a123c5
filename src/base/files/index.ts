export { FORMAT_BYTES, type ImageFormat, imageFormat } from "./image-format.ts";
export { type WriteOptions, writeAtomically } from "./write-atomically.ts";
