/**
 * A model card: what somebody should know before they use a network, in one page. It holds what was measured and what
 * is recorded; whatever is not known is null here, and the page says that it is unknown.
 * @see Mitchell and others, Model cards for model reporting, FAT* 2019: https://doi.org/10.1145/3287560.3287596
 */
import { requireFields } from "../../base/core/index.ts";
import type { Interval } from "../../measure/eval/index.ts";
import type { AssessedAttribute } from "../assess/index.ts";
import type { EmbedderContract } from "../embedder/index.ts";
import { type Calibration, type CalibrationEntry, sourcesOf, type ThresholdSource } from "../people/index.ts";
import type { CardScore } from "./card-scores.ts";
import { builtInLimits, limitsOfEveryModel } from "./limits.ts";
import { builtInProvenance, type Provenance } from "./provenance.ts";

/** How a network was trained by `cosface train`. */
export type CardTraining = {
  /** The data set by the name of its file or folder. */
  readonly dataSet: string;
  readonly identityCount: number;
  readonly imageCount: number;
  readonly network: string;
  /** The loss with its options, as JSON. */
  readonly loss: string;
  readonly iterations: number;
  readonly batchSize: number;
  readonly seed: number;
  /** Name of the model file whose weights the run began with; null where it began with random ones. */
  readonly startedFrom: string | null;
};

/** A threshold of the card. */
export type CardThreshold = {
  readonly far: number;
  readonly threshold: number;
  /** Interval of the true FAR, at `confidence`. */
  readonly farInterval: Interval;
  readonly tar: number;
  readonly confidence: number;
  readonly sources: readonly ThresholdSource[];
};

/** What is known of an embedder; null where nothing is. */
export type ModelCard = {
  readonly name: string;
  /** Digest over weights and contract. */
  readonly id: string;
  readonly date: string;
  readonly contract: EmbedderContract;
  /** Null where the file and its sidecar do not state one. */
  readonly license: string | null;
  readonly provenance: Provenance | null;
  readonly training: CardTraining | null;
  readonly scores: readonly CardScore[];
  /** Error rates by group, from an assessment; null where none was given. */
  readonly groups: readonly AssessedAttribute[] | null;
  readonly thresholds: readonly CardThreshold[];
  readonly limits: readonly string[];
};

/** The parts that a card is made of. */
export type ModelCardParts = {
  readonly name: string;
  readonly id: string;
  readonly license: string;
  readonly contract: EmbedderContract;
  readonly calibration?: Calibration;
  readonly training?: CardTraining;
  readonly scores?: readonly CardScore[];
  readonly groups?: readonly AssessedAttribute[];
  /** Default: today. */
  readonly date?: string;
};

/** The card of an embedder: the parts, and what this project knows of the networks that npm installs. */
export function modelCard(parts: ModelCardParts): ModelCard {
  requireFields("model card", parts, { name: "a text", id: "a text", license: "a text", contract: "an object" });
  const { name, id, contract, calibration, training = null, groups = null } = parts;
  const provenance = builtInProvenance(id);
  return {
    name,
    id,
    date: parts.date ?? new Date().toISOString().slice(0, 10),
    contract,
    license: parts.license === "unknown" ? null : parts.license,
    provenance: provenance ?? null,
    training,
    scores: [...(provenance?.scores ?? []), ...(parts.scores ?? [])],
    groups,
    thresholds: calibration === undefined ? [] : thresholdsOf(calibration),
    limits: [...limitsOfEveryModel({ contract, training, groups }), ...builtInLimits(id)],
  };
}

function thresholdsOf(calibration: Calibration): CardThreshold[] {
  const cardThreshold = (entry: CalibrationEntry): CardThreshold[] => {
    if (entry.threshold === null) return [];
    const { far, threshold, farInterval, tar, confidence } = entry;
    return [{ far, threshold, farInterval, tar, confidence, sources: sourcesOf(calibration, entry) }];
  };
  return calibration.thresholds.flatMap(cardThreshold);
}
