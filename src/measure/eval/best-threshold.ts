/**
 * The threshold with the best accuracy.
 *
 * Accuracy changes only where the threshold passes a score. The distinct scores v₁ < v₂ < … < vₙ divide [−1,
 * 1] into the intervals [−1, v₁], (v₁, v₂], …, (vₙ, 1], and accuracy is constant on each. So n + 1
 * evaluations are exact, whereas a grid of thresholds (400 of them in InsightFace, 20,001 in SphereFace) is not.
 */
import { OptionError, requireObject } from "../../base/core/index.ts";
import { type PairScores, requireScores } from "./pair-scores.ts";

/** The upper end lies just above 1, so that some threshold rejects a pair of identical images. */
const HIGHEST_THRESHOLD = 1 + 2 ** -20;

/** Thresholds low < t ≤ high (and t = −1, if low is −1) that decide `correctCount` pairs correctly. */
type Run = { low: number; high: number; correctCount: number };

/**
 * The threshold that decides the most pairs correctly: the middle of the widest interval of such thresholds, and of the
 * lowest one among equally wide intervals. With only one kind of pair, all are accepted or all rejected.
 *
 * @param scores cosines, in [−1, 1].
 * @throws {OptionError} when there are no scores, or a score is not in [−1, 1].
 */
export function bestThreshold(scores: PairScores): number {
  requireObject("scores", scores);
  requireScores("genuine scores", scores.genuine);
  requireScores("impostor scores", scores.impostor);
  const genuine = scores.genuine.toSorted();
  const impostor = scores.impostor.toSorted();
  const lowest = Math.min(genuine[0] ?? 1, impostor[0] ?? 1);
  const highest = Math.max(genuine.at(-1) ?? -1, impostor.at(-1) ?? -1);
  if (lowest > highest) throw new OptionError("got no scores, expected at least one");
  if (lowest < -1 || highest > 1) {
    throw new OptionError(`got scores from ${lowest} to ${highest}, expected cosines in [-1, 1]`);
  }
  let best: Run = { low: -1, high: -1, correctCount: -1 };
  let run = best;
  let genuineBelow = 0;
  let impostorBelow = 0;
  for (let low = -1; ; ) {
    // Scores are f32, so the middle of two of them is exact in f64 and lies strictly between them.
    const high = Math.min(genuine[genuineBelow] ?? HIGHEST_THRESHOLD, impostor[impostorBelow] ?? HIGHEST_THRESHOLD);
    const correctCount = genuine.length - genuineBelow + impostorBelow;
    run = correctCount === run.correctCount ? { ...run, high } : { low, high, correctCount };
    if (correctCount > best.correctCount) best = run;
    if (correctCount === best.correctCount && run.high - run.low > best.high - best.low) best = run;
    if (high === HIGHEST_THRESHOLD) return (best.low + best.high) / 2;
    while (genuine[genuineBelow] === high) genuineBelow++;
    while (impostor[impostorBelow] === high) impostorBelow++;
    low = high;
  }
}

/** Number of pairs that a threshold decides correctly. */
export function correctCountAt(scores: PairScores, threshold: number): number {
  let count = 0;
  for (const score of scores.genuine) if (score >= threshold) count++;
  for (const score of scores.impostor) if (score < threshold) count++;
  return count;
}
