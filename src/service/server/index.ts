export { buildServer } from "./build-server.ts";
export type {
  EmbeddedFace as ServedFace,
  EmbedOptions,
  FaceModel,
  Faces,
  Limits,
  PictureFaces,
  ServerParts,
  Threshold,
} from "./parts.ts";
export { problemStatus } from "./problems.ts";
export { type RunningService, serve } from "./serve.ts";
