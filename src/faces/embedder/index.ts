export { type AlignmentTarget, alignCrop, alignFace, alignmentTarget } from "./align.ts";
export {
  type ChannelOrder,
  type ContractOverrides,
  channelOrders,
  contractMetadata,
  type EmbedderContract,
  embedderId,
  embeddingLength,
  flipRules,
  ID_KEY,
} from "./contract.ts";
export { DEFAULT_EMBEDDER } from "./default-embedder.ts";
export { embedSet } from "./embed-set.ts";
export { type Embedder, embedViews, NetworkEmbedder, openEmbedder, type ViewEmbedder } from "./embedder.ts";
export { sidecarFile } from "./sidecar.ts";
export { type AlignmentTemplate, parseTemplate, templateLandmarks, templateNames } from "./template.ts";
export { type VerifySetOptions, verifySet } from "./verify-set.ts";
