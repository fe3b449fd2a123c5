export {
  type ChannelOrder,
  type ContractOverrides,
  channelOrders,
  contractMetadata,
  type EmbedderContract,
  flipRules,
} from "./contract.ts";
export { type Embedder, NetworkEmbedder, openEmbedder } from "./embedder.ts";
export { type VerifySetOptions, verifySet } from "./verify-set.ts";
