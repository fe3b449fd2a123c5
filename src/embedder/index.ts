export {
  type ChannelOrder,
  type ContractOverrides,
  channelOrders,
  contractMetadata,
  type EmbedderContract,
  type FlipRule,
  flipRules,
} from "./contract.ts";
export { type Embedder, type EmbeddingRows, embedViews, NetworkEmbedder, openEmbedder } from "./embedder.ts";
