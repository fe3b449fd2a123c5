/** What fine-tuning changed: the accuracy before the first step and at the end, plain and on changed images. */
import type { LogRow } from "../../../training/train/index.ts";
import { formatPercent } from "../../output.ts";

/** Accuracies in [0, 1], before and after; empty for a run that did not begin with a verification. */
export type Change = {
  readonly before?: Accuracies;
  readonly after?: Accuracies;
  /** How often the accuracy fell too far, and weights were taken back. */
  readonly restoredCount?: number;
};

type Accuracies = { readonly accuracy: number; readonly changedAccuracy?: number };

/** The change by the log of a run: its end is the verification of the weights that were written. */
export function changeOf(rows: readonly LogRow[]): Change {
  const verified = rows.filter((row) => row.kind === "verify");
  const guarded = rows.filter((row) => row.kind === "guard");
  const first = verified.find(({ iteration }) => iteration === 0);
  const last = verified.at(-1);
  const taken = guarded.findLast(({ iteration }) => iteration === last?.iteration);
  const end = taken === undefined ? last : verified.findLast(({ iteration }) => iteration === taken.restored);
  if (first === undefined || end === undefined) return {};
  return { before: accuraciesOf(first), after: accuraciesOf(end), restoredCount: guarded.length };
}

function accuraciesOf({ accuracy, changedAccuracy }: Accuracies): Accuracies {
  return { accuracy, ...(changedAccuracy === undefined ? {} : { changedAccuracy }) };
}

/** The change as rows of a table: what was measured, and the accuracies before and after. */
export function factsOfChange(rows: readonly LogRow[]): { readonly label: string; readonly value: string }[] {
  const { before, after, restoredCount = 0 } = changeOf(rows);
  if (before === undefined || after === undefined) return [];
  const fact = (label: string, from: number, to: number) => ({
    label: `accuracy on ${label}`,
    value: `${formatPercent(from)} before, ${formatPercent(to)} after`,
  });
  return [
    fact("images as they are", before.accuracy, after.accuracy),
    ...(before.changedAccuracy === undefined || after.changedAccuracy === undefined
      ? []
      : [fact("images changed as in training", before.changedAccuracy, after.changedAccuracy)]),
    ...(restoredCount === 0
      ? []
      : [{ label: "weights taken back, since the accuracy fell", value: `${restoredCount} times` }]),
  ];
}
