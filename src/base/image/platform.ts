/**
 * The image codec of this platform; `compiler/runtime/platform.ts` says how a build for the browser replaces this
 * file.
 */
export { sharpCodec as codec } from "./sharp.ts";
