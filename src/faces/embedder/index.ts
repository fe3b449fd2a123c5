export { type AlignmentTarget, alignCrop, alignFace, alignmentTarget } from "./align.ts";
export {
  type ContractOverrides,
  contractMetadata,
  type EmbedderContract,
  embedderId,
  embeddingLength,
  ID_KEY,
} from "./contract.ts";
export { embedSet } from "./embed-set.ts";
export {
  type Embedder,
  type EmbedderFile,
  type EmbedderOptions,
  embedViews,
  NetworkEmbedder,
  type OpenedEmbedder,
  openEmbedder,
  openEmbedderFile,
  readEmbedderFile,
  type ViewEmbedder,
} from "./embedder.ts";
export { type ChannelOrder, channelOrders, DEFAULT_EMBEDDER, flipRules, templateNames } from "./names.ts";
export { sidecarFile } from "./sidecar.ts";
export { type AlignmentTemplate, parseTemplate, templateLandmarks } from "./template.ts";
export { type VerifySetOptions, verifySet } from "./verify-set.ts";
