export { readCard, writeCard } from "./card-file.ts";
export { type CardScore, cardScore, readScores } from "./card-scores.ts";
export {
  type CardThreshold,
  type CardTraining,
  type ModelCard,
  type ModelCardParts,
  modelCard,
} from "./model-card.ts";
export type { Provenance } from "./provenance.ts";
export { renderCard } from "./render-card.ts";
