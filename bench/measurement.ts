/** Measurements of benchmarks. Rounds of both sides alternate, so that other load on the machine affects both. */

/** One line of the results of a benchmark. */
export type Measurement = {
  /** The measured quantity and its subject. */
  readonly measure: string;
  /** Median over the rounds. */
  readonly value: number;
  readonly unit: string;
  /** The reference; null without one. */
  readonly against: string | null;
  /** Median of the reference, in the same unit. */
  readonly reference: number | null;
  /** Value over reference: above 1 means faster for rates, below 1 less for memory. */
  readonly ratio: number | null;
  /** Value and reference of every round. */
  readonly runs: readonly { readonly value: number; readonly reference: number | null }[];
};

/** A suite of measurements. */
export type Suite = (options: SuiteOptions) => Promise<readonly Measurement[]>;

export type SuiteOptions = {
  readonly rounds: number;
  readonly threads: number;
  /** Numbers of threads to measure networks with; `threads` is the last. */
  readonly threadCounts: readonly number[];
  readonly networks: readonly string[];
  readonly batchSizes: readonly number[];
  /** Images per network and round, after a warm-up of twice as many. */
  readonly imageCount: number;
  /** Whether to measure networks by op instead of comparing them. */
  readonly isProfiled: boolean;
  /** Folder of photographs. */
  readonly photos: string;
  /** Called with the current activity. */
  readonly onProgress: (what: string) => void;
};

/** Summarizes rounds. The ratio is that of the medians. */
export function summarize(
  { measure, unit, against }: Pick<Measurement, "measure" | "unit" | "against">,
  runs: Measurement["runs"],
): Measurement {
  const value = median(runs.map((run) => run.value));
  const references = runs.flatMap(({ reference }) => (reference === null ? [] : [reference]));
  const reference = references.length === 0 ? null : median(references);
  const ratio = reference === null ? null : value / reference;
  return { measure, value, unit, against: reference === null ? null : against, reference, ratio, runs };
}

/** The ratio of each round, or its value without a reference. */
export function roundFigures({ runs }: Measurement): number[] {
  return runs.map(({ value, reference }) => (reference === null ? value : value / reference));
}

/** The median; for an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}
