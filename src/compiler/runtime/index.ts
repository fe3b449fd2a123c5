export { hasBlockedConvolutions, type LoweringChoices, type LoweringOptions, loweringCacheFile } from "./lowering.ts";
export { type Device, devices } from "./names.ts";
export { type CompileOptions, compile, type Program, runOn } from "./program.ts";
export {
  availableDevices,
  createSession,
  release,
  requireDevice,
  runtimeVersion,
  type Session,
  type SessionOptions,
  type Tensor,
  type Tensors,
} from "./session.ts";
