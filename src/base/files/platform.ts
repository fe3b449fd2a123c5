/** The files of this platform; `compiler/runtime/platform.ts` says how a build for the browser replaces this file. */
export { nodeFiles as files } from "./node.ts";
