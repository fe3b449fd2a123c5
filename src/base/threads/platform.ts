/** Threads of this platform; `compiler/runtime/platform.ts` says how a build for the browser replaces this file. */
export { nodeThreads as threads } from "./node.ts";
