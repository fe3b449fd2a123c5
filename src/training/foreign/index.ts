export { type EmbeddingCandidate, embeddingCandidates } from "./embedding-candidates.ts";
export { type ForeignNetwork, type OpenForeignOptions, openForeign } from "./open-foreign.ts";
export type { ForeignTraining } from "./training-rules.ts";
