/** What benchmarks say, and how they compare: alternating rounds, so that what else the machine does hits both sides. */

/** One line of a benchmark's result. */
export type Measurement = {
  /** What was measured, on what. */
  readonly measure: string;
  /** Median over the rounds. */
  readonly value: number;
  readonly unit: string;
  /** What it is compared with; null where there is nothing to compare with here. */
  readonly against: string | null;
  /** Median of the other side, in the same unit. */
  readonly reference: number | null;
  /** Ours over theirs: above 1 is faster for rates, below 1 is less for memory. */
  readonly ratio: number | null;
  /** Every round's value, ours and theirs by turns. */
  readonly runs: readonly { readonly value: number; readonly reference: number | null }[];
};

/** A suite: lines of results, given how many rounds to make. */
export type Suite = (options: SuiteOptions) => Promise<readonly Measurement[]>;

export type SuiteOptions = {
  readonly rounds: number;
  readonly threads: number;
  /** Threads to measure networks with, one after the other; `threads` is the last. */
  readonly threadCounts: readonly number[];
  readonly networks: readonly string[];
  readonly batchSizes: readonly number[];
  /** Images that a network is measured on in a round, after twice as many to warm up. */
  readonly imageCount: number;
  /** Whether networks are broken down by op instead of compared. */
  readonly isProfiled: boolean;
  /** Folder of photographs. */
  readonly photos: string;
  /** Called with a word about what is being measured. */
  readonly onProgress: (what: string) => void;
};

/** Sums rounds up. The ratio is that of the medians. */
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

/** What each round says: ours over the other side, or ours where there is none. */
export function roundFigures({ runs }: Measurement): number[] {
  return runs.map(({ value, reference }) => (reference === null ? value : value / reference));
}

/** The middle value; the mean of the two in the middle for an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}
