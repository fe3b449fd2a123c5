import type { Experiment } from "./experiment.ts";
import type { RunRow } from "./results.ts";

/** Summary of the runs of a variant. */
export type VariantSummary = {
  readonly name: string;
  readonly x?: number;
  /** Mean accuracy of finished runs, in [0, 1]; NaN when no run finished. */
  readonly mean: number;
  /** Standard deviation of these accuracies, with n − 1 in the denominator; NaN when fewer than two runs finished. */
  readonly standardDeviation: number;
  readonly accuracies: readonly number[];
  /** Mean equal error rate of finished runs. */
  readonly eer: number;
  /** Mean training accuracy of finished runs, in [0, 1]; NaN for a loss without class centers. */
  readonly trainingAccuracy: number;
  readonly finishedCount: number;
  readonly divergedCount: number;
};

/** Means and standard deviations over the seeds, in the order of the variants; variants without runs are omitted. */
export function summarizeRuns({ variants }: Experiment, rows: readonly RunRow[]): VariantSummary[] {
  return variants.flatMap(({ name, x }) => {
    const own = rows.filter((row) => row.variant === name);
    if (own.length === 0) return [];
    const finished = own.filter(({ outcome }) => outcome === "finished");
    const accuracies = finished.map(({ accuracy }) => accuracy ?? Number.NaN);
    return [
      {
        name,
        ...(x === undefined ? {} : { x }),
        mean: mean(accuracies),
        standardDeviation: standardDeviation(accuracies),
        accuracies,
        eer: mean(finished.map(({ eer }) => eer ?? Number.NaN)),
        trainingAccuracy: mean(finished.map(({ trainingAccuracy }) => trainingAccuracy ?? Number.NaN)),
        finishedCount: finished.length,
        divergedCount: own.length - finished.length,
      },
    ];
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN;
  const center = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1));
}
