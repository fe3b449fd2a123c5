/** What the protocols on pairs in folds have in common: embeddings as a rule wants them, and results as text. */
import type { EncodedVerificationSet } from "../../base/data/index.ts";
import {
  type FoldVerification,
  type FoldVerificationOptions,
  type VerificationRule,
  verifyFolds,
} from "../../measure/protocols/index.ts";
import type { BenchmarkEmbedder, DetectionCounts, EmbeddedImages } from "./benchmark-embedder.ts";
import { describeDetection, describeTar, formatPercent } from "./describe-verification.ts";
import type { ProtocolContext } from "./protocol.ts";

/** How the images of pairs are read and scored. */
export type FoldOptions = { readonly rule?: VerificationRule; readonly align?: boolean; readonly centering?: boolean };

/** Embeddings, and what a rule needs to know of them. */
export type EmbeddedForRule = EmbeddedImages & {
  readonly options: FoldVerificationOptions & { readonly rule: VerificationRule };
};

/**
 * Embeds images as a rule has them: InsightFace adds both views whatever the model's own flip rule is, in f64, which
 * needs them side by side.
 */
export async function embedForRule(
  faces: BenchmarkEmbedder,
  set: Pick<EncodedVerificationSet, "imageCount" | "source" | "readBytes">,
  { rule = "exact", align = false, centering = false }: FoldOptions,
): Promise<EmbeddedForRule> {
  const images = { imageCount: set.imageCount, source: set.source, readBytes: set.readBytes };
  if (rule !== "insightface" || align) {
    return { ...(await faces.embed(images, { align })), options: { rule, flip: faces.flip, centering } };
  }
  const isOne = faces.networkCount === 1;
  const embedded = await faces.embed(images, { flip: isOne ? "concat" : "sum" });
  return { ...embedded, options: { rule, flip: "sum", centering, viewCount: isOne ? 2 : 1 } };
}

/** A verification in folds, and what was detected on photographs. */
export type ScoredFolds = FoldVerification & DetectionCounts;

/** Embeds the images of a set and verifies its pairs. */
export async function scoreFolds(
  set: EncodedVerificationSet,
  options: FoldOptions,
  { embedder }: Pick<ProtocolContext, "embedder">,
): Promise<ScoredFolds> {
  const { embeddings, options: rule, ...counts } = await embedForRule(await embedder(), set, options);
  return { ...verifyFolds(embeddings, set.pairs, rule), ...counts };
}

/** The result without the lists of single pairs. */
export function withoutPairs<Result extends FoldVerification>({
  genuineScores: _genuine,
  impostorScores: _impostor,
  isCorrect: _correct,
  ...rest
}: Result) {
  return rest;
}

/** The lines of a verification in folds. */
export function describeFolds(result: ScoredFolds): string[] {
  const { variant, folds, thresholdKind, validation, eer, auc, tarAtFar } = result;
  const thresholds = folds.map(({ threshold }) => threshold);
  return [
    `accuracy    ${describeAccuracy(result)}`,
    `interval    ${describeInterval(result)}`,
    `variant     ${variant}`,
    `thresholds  ${Math.min(...thresholds).toFixed(3)} to ${Math.max(...thresholds).toFixed(3)} (${thresholdKind})`,
    ...(validation === undefined
      ? []
      : [
          `VAL         ${formatPercent(validation.rate)} ± ${formatPercent(validation.standardDeviation)} at FAR ${validation.far}, measured as ${validation.measuredFar.toFixed(5)}`,
        ]),
    `EER         ${formatPercent(eer)}`,
    `AUC         ${auc.toFixed(5)}`,
    ...tarAtFar.map(describeTar),
    ...describeDetection(result),
  ];
}

/** The lines of one of several tests, which stand below each other. */
export function describeTest(name: string, result: FoldVerification): string[] {
  return [`${name.padEnd(12)}${describeAccuracy(result)}`, `${" ".repeat(12)}${describeInterval(result)}`];
}

function describeAccuracy({ accuracy, standardDeviation, folds, pairCount }: FoldVerification): string {
  const spread = `standard deviation of ${folds.length} folds, ${pairCount} pairs`;
  return `${formatPercent(accuracy)} ± ${formatPercent(standardDeviation)} (${spread})`;
}

function describeInterval({ accuracyInterval: { low, high, confidence, method } }: FoldVerification): string {
  return `${formatPercent(low)} to ${formatPercent(high)} (${formatPercent(confidence, 0)}, ${method})`;
}
