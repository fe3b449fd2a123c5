/**
 * Reads the text of a `log.jsonl` as rows. The file may still be written, or be any other file: lines that are not a
 * row of a known kind with finite numbers are skipped, and a file without any row is refused.
 */
import type { CurveRow } from "../../../../src/measure/report/index.ts";

/** A row of kind `train`, with the values that the page shows. */
export type TrainRow = Extract<CurveRow, { kind: "train" }> & {
  readonly imagesPerSecond?: number;
  readonly seconds?: number;
};

/** Angles in degrees from each class center to the nearest other one: their mean, and the smallest. */
export type GeometryRow = {
  readonly kind: "geometry";
  readonly iteration: number;
  readonly meanNearestDegrees: number;
  readonly smallestDegrees: number;
};

/** Scores of a verification, counted in bins: bin i holds edges[i] ≤ score < edges[i + 1]. */
export type ScoresRow = {
  readonly kind: "scores";
  readonly iteration: number;
  readonly edges: readonly number[];
  readonly genuineCounts: readonly number[];
  readonly impostorCounts: readonly number[];
};

export type RunRow =
  | TrainRow
  | Extract<CurveRow, { kind: "verify" }>
  | GeometryRow
  | ScoresRow
  | { readonly kind: "start"; readonly time?: string; readonly options?: Readonly<Record<string, unknown>> };

/** The error for a file that is not a run log. */
export class NotARunLog extends Error {}

/** @throws {NotARunLog} when no line is a row. */
export function parseRunLog(text: string, name: string): RunRow[] {
  const rows = text.split("\n").flatMap((line): RunRow[] => {
    const row = parseLine(line);
    return row === undefined ? [] : [row];
  });
  if (rows.length > 0) return rows;
  throw new NotARunLog(`${name} has no line of a run log: choose the log.jsonl of a run's folder.`);
}

function parseLine(line: string): RunRow | undefined {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    return undefined; // the last line of a log that is being written may be cut off
  }
  if (typeof row !== "object" || row === null || !("kind" in row)) return undefined;
  const fields = row as Record<string, unknown>;
  const hasNumbers = (...names: readonly string[]) => names.every((key) => Number.isFinite(fields[key]));
  const isKnown =
    fields.kind === "start" ||
    (fields.kind === "train" && hasNumbers("iteration", "loss")) ||
    (fields.kind === "verify" && hasNumbers("iteration", "accuracy")) ||
    (fields.kind === "geometry" && hasNumbers("iteration", "meanNearestDegrees", "smallestDegrees")) ||
    (fields.kind === "scores" && hasNumbers("iteration") && "edges" in fields);
  return isKnown ? (row as RunRow) : undefined;
}

/** A counted histogram as the values that it was counted from, each at the middle of its bin. */
export function middlesOf(edges: readonly number[], counts: readonly number[]): number[] {
  return counts.flatMap((count, bin) => Array<number>(count).fill((edges[bin]! + edges[bin + 1]!) / 2));
}

/** The facts of a run, in a table of runs. */
export type RunFacts = {
  readonly iteration: number;
  readonly loss: number | undefined;
  readonly accuracy: number | undefined;
  readonly verification: number | undefined;
  readonly imagesPerSecond: number | undefined;
  readonly seconds: number | undefined;
  readonly recipe: string;
};

/** A run by its last rows, and its recipe by its first. */
export function factsOf(rows: readonly RunRow[]): RunFacts {
  const trained = rows.filter((row) => row.kind === "train");
  const verified = rows.filter((row) => row.kind === "verify");
  const last = trained.at(-1);
  const options = rows.find((row) => row.kind === "start")?.options ?? {};
  return {
    iteration: last?.iteration ?? 0,
    loss: last?.loss,
    accuracy: last?.accuracy,
    verification: verified.at(-1)?.accuracy,
    imagesPerSecond: last?.imagesPerSecond,
    seconds: last?.seconds,
    recipe: [options.network, describeLoss(options.loss)].filter((part) => typeof part === "string").join(", "),
  };
}

function describeLoss(loss: unknown): string | undefined {
  if (typeof loss !== "object" || loss === null || !("name" in loss)) return undefined;
  const { name, scale, margin } = loss as { name: unknown; scale?: unknown; margin?: unknown };
  const parts = [scale === undefined ? "" : `s = ${scale}`, margin === undefined ? "" : `m = ${margin}`];
  return [name, ...parts].filter((part) => part !== "").join(" ");
}
