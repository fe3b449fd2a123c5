export type {
  BenchmarkEmbedder,
  BenchmarkImages,
  Crops,
  DetectionCounts,
  EmbeddedImages,
  EmbedImagesOptions,
} from "./benchmark-embedder.ts";
export {
  deleteKeptEmbeddings,
  type EmbeddingsStore,
  embeddingsFolder,
  embeddingsStore,
  type ImageKey,
  type ModelEmbeddings,
} from "./embeddings-store.ts";
export { type Evaluated, type EvaluateOptions, evaluateProtocol } from "./evaluate-protocol.ts";
export { type InputsOf, requireInputs } from "./inputs.ts";
export {
  type FusionRule,
  fusionRules,
  type InputName,
  type InputUse,
  type ProtocolFacts,
  type ProtocolInput,
  type ProtocolName,
  protocolFacts,
  protocolInputs,
  protocolNames,
  protocolsThatTake,
} from "./names.ts";
export { defineProtocol, type Protocol, type ProtocolContext, type ProtocolResult } from "./protocol.ts";
export { protocols, type ResultOf } from "./registry.ts";
