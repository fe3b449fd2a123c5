export { buildServer } from "./build-server.ts";
export {
  type EmbeddedFace as ServedFace,
  type EmbedOptions,
  type FaceModel,
  type Faces,
  type Limits,
  type LogLevel,
  logLevels,
  type PictureFaces,
  type ServerParts,
  type Threshold,
} from "./parts.ts";
export { problemStatus } from "./problems.ts";
export { type RunningService, serve } from "./serve.ts";
export { readSettings, type Setting, type SettingSources, type Settings, settingFlag, settings } from "./settings.ts";
