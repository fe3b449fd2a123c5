export type {
  Engine,
  LoweringStore,
  RememberedLowerings,
  Session,
  SessionOptions,
  Tensor,
  Tensors,
} from "./engine.ts";
export type { LoweringChoices, LoweringOptions } from "./lowering.ts";
export { type Device, devices } from "./names.ts";
export { type CompileOptions, compile, type Program, runOn } from "./program.ts";
export {
  availableDevices,
  createSession,
  hasBlockedConvolutions,
  loweringCacheFile,
  release,
  requireDevice,
  runtimeVersion,
} from "./session.ts";
