export { type WriteOptions, writeAtomically } from "./write-atomically.ts";
