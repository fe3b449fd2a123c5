/** Lines of text in columns. */
import type { Change } from "./compare.ts";
import { type Measurement, roundFigures } from "./measurement.ts";

/** Medians, with the lowest and highest round. */
export function resultsTable(results: readonly Measurement[]): string {
  return columns(
    results.map((measurement) => {
      const { measure, value, unit, against, reference, ratio, runs } = measurement;
      const values = runs.map((run) => run.value);
      return [
        measure,
        `${value.toPrecision(4)} ${unit}${spread(values, (round) => round.toPrecision(4))}`,
        reference === null ? "" : `${against}: ${reference.toPrecision(4)}`,
        ratio === null
          ? ""
          : `ratio ${ratio.toFixed(2)}${spread(roundFigures(measurement), (round) => round.toFixed(2))}`,
      ];
    }),
  );
}

/** The ratio of now to before for each measure; a star marks a change beyond the spread. */
export function changesTable(changes: readonly Change[]): string {
  return columns(
    changes.map(({ measure, before, now, change, moved }) => [
      moved ? "*" : " ",
      measure,
      `${before.toPrecision(4)} → ${now.toPrecision(4)}`,
      `× ${change.toFixed(2)}`,
    ]),
  );
}

function spread(rounds: readonly number[], format: (round: number) => string): string {
  const [low, high] = [format(Math.min(...rounds)), format(Math.max(...rounds))];
  return low === high ? "" : ` (${low} to ${high})`;
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}
