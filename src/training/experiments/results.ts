/** Results of a sweep: `results.jsonl` with one line per completed run, finished or diverged. */
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LossOptions } from "../losses/index.ts";

/** A completed run. */
export type RunRow = {
  /** Name of the variant. */
  readonly variant: string;
  readonly seed: number;
  readonly loss: LossOptions;
  readonly outcome: "finished" | "diverged";
  /**
   * Ten-fold verification accuracy in [0, 1], and its standard deviation over the folds; null when the run diverged.
   */
  readonly accuracy: number | null;
  readonly standardDeviation: number | null;
  /** Equal error rate of all pairs; null when the run diverged. */
  readonly eer: number | null;
  /**
   * Share of training images whose own class center has the highest cosine without margin, at the end; null when none
   * was logged, and for a loss without class centers.
   */
  readonly trainingAccuracy: number | null;
  /** Loss at the end of training, including the margin. */
  readonly trainingLoss: number | null;
  /** Steps done. */
  readonly iterations: number;
  /** Duration of training. */
  readonly seconds: number;
  /** Reason of the divergence. */
  readonly reason?: string;
  /** Time of completion, in ISO 8601. */
  readonly time: string;
};

const FILE = "results.jsonl";

/** Rows of a sweep's folder in order of completion; a line cut off by a crash is skipped. */
export function readResults(folder: string): RunRow[] {
  let text: string;
  try {
    text = readFileSync(join(folder, FILE), "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as RunRow];
    } catch {
      return [];
    }
  });
}

/** Appends a row. Several processes may do so at the same time, since each line is appended by one write. */
export function appendResult(folder: string, row: RunRow): void {
  appendFileSync(join(folder, FILE), `${JSON.stringify(row)}\n`);
}
