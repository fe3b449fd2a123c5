import type { Experiment } from "./experiment.ts";
import type { RunRow } from "./results.ts";

/** The runs of a variant in short. */
export type VariantSummary = {
  readonly name: string;
  readonly x?: number;
  /** Of the accuracies of finished runs, in [0, 1]; NaN where none finished. */
  readonly mean: number;
  /** Of the same over the seeds, with n − 1 in the denominator; NaN where fewer than two finished. */
  readonly standardDeviation: number;
  readonly accuracies: readonly number[];
  /** Mean equal error rate of finished runs. */
  readonly eer: number;
  /** Mean training accuracy of finished runs, in [0, 1]; NaN for a loss without class centers. */
  readonly trainingAccuracy: number;
  readonly finishedCount: number;
  readonly divergedCount: number;
};

/** Means and spreads over the seeds, in the order of the experiment's variants; those without a run are left out. */
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
