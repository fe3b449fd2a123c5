import type { LogRow } from "../training/train/index.ts";

/** The rows of a run's log that measured its class centers. */
export function centerHistory(rows: readonly LogRow[]) {
  return rows.flatMap((row) => (row.kind === "geometry" ? [row] : []));
}
