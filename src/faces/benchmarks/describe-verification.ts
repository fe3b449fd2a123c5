/** Results of verification as lines of text. */
import type { TarAtFar, VerificationResult } from "../../measure/eval/index.ts";
import type { DetectionCounts } from "./benchmark-embedder.ts";

/** 0.98765 → "98.77 %". */
export function formatPercent(share: number, digits = 2): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** The lines of a verification in folds at the best cosine. */
export function describeVerification(result: VerificationResult): string[] {
  const { variant, pairCount, accuracy, standardDeviation, folds, eer, auc, tarAtFar } = result;
  const thresholds = folds.map(({ threshold }) => threshold);
  return [
    `accuracy    ${formatPercent(accuracy)} ± ${formatPercent(standardDeviation)} (standard deviation of ${folds.length} folds, ${pairCount} pairs)`,
    `variant     ${variant}`,
    `thresholds  ${Math.min(...thresholds).toFixed(3)} to ${Math.max(...thresholds).toFixed(3)} (cosine)`,
    `EER         ${formatPercent(eer)}`,
    `AUC         ${auc.toFixed(5)}`,
    ...tarAtFar.map(describeTar),
  ];
}

/** One line for a TAR at a FAR. */
export function describeTar({ far, tar, threshold, reason }: TarAtFar): string {
  const name = `TAR@FAR=${far}`.padEnd(18);
  return tar === null
    ? `${name}not measurable: ${reason}`
    : `${name}${formatPercent(tar)} (threshold ${threshold?.toFixed(3)})`;
}

/** The line about photographs without a face; none for crops. */
export function describeDetection({ imageCount, missedImageCount }: DetectionCounts): string[] {
  if (missedImageCount === undefined) return [];
  return [`no face     in ${missedImageCount} of ${imageCount} images; their pairs have score 0`];
}
