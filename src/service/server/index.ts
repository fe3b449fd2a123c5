export { buildServer } from "./build-server.ts";
export { contract, type RouteContract } from "./contract/index.ts";
export type {
  EmbedOptions,
  FaceModel,
  Faces,
  ImageFaces,
  Limits,
  ServedFace,
  ServerParts,
  Threshold,
} from "./parts.ts";
export { type RunningService, serve } from "./serve.ts";
