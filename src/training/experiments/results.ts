/** Results of a sweep: `results.jsonl`, a line for each run that ended, whether it learnt or diverged. */
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LossOptions } from "../losses/index.ts";

/** A run that ended. */
export type RunRow = {
  /** Name of the variant. */
  readonly variant: string;
  readonly seed: number;
  readonly loss: LossOptions;
  readonly outcome: "finished" | "diverged";
  /** Ten-fold verification accuracy in [0, 1], and its standard deviation over the folds; null when the run diverged. */
  readonly accuracy: number | null;
  readonly standardDeviation: number | null;
  /** Equal error rate of all pairs; null when the run diverged. */
  readonly eer: number | null;
  /** Share of training images whose own class center has the highest plain cosine, at the end; null where none was logged, and for a loss without class centers. */
  readonly trainingAccuracy: number | null;
  /** Loss at the end of training, the margin included. */
  readonly trainingLoss: number | null;
  /** Steps done. */
  readonly iterations: number;
  /** Of training. */
  readonly seconds: number;
  /** Why a run diverged. */
  readonly reason?: string;
  /** When it ended. */
  readonly time: string;
};

const FILE = "results.jsonl";

/** Rows of a sweep's folder in the order in which runs ended; a line that was cut off by a crash is left out. */
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

/** Adds a row. Several processes may do so at once: a line is written in one piece, at the end of the file. */
export function appendResult(folder: string, row: RunRow): void {
  appendFileSync(join(folder, FILE), `${JSON.stringify(row)}\n`);
}
