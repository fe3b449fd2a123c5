/**
 * Measured results: a folder with `result.json` beside its logs and figures. The tables of results/README.md come from
 * these.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** The folder of all results. */
export const RESULTS = join(import.meta.dirname, "..", "..", "results");

/** A measured value: a number, a number with its standard deviation, a text, or null where it was not measured. */
export type Metric = number | readonly [value: number, deviation: number] | string | null;

/** A column of the table of a result. */
export type Column = {
  /** Key of the metric in each row. */
  readonly key: string;
  readonly title: string;
  /** Unit after each number; "%" writes a share in [0, 1] as percentage. */
  readonly unit?: string;
  /** Key of a row's own unit, where the rows have different units. */
  readonly unitKey?: string;
  /** Decimals; default: as many as are needed, at most two. */
  readonly digits?: number;
};

/** One result: how, when and where it was measured, and its metrics, a row for each case. */
export type Result = {
  /** Command line, or several with line breaks. */
  readonly command: string;
  /** Seed or seeds; null where the measurement has none, or it is unknown. */
  readonly seed: number | readonly number[] | null;
  /** Commit that was measured; null where it was not recorded. */
  readonly commit: string | null;
  readonly machine: string | null;
  /** Day of the measurement, such as "2026-11-24". */
  readonly date: string | null;
  /** Columns of the table; a row may have metrics that the table leaves out. */
  readonly columns: readonly Column[];
  readonly metrics: readonly { readonly [key: string]: unknown }[];
};

/** All results by the path of their folder, such as "bench/train". */
export function readResults(folder = RESULTS): ReadonlyMap<string, Result> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith("result.json"),
  );
  return new Map(
    files.sort().map((file): [string, Result] => {
      const name = relative(folder, join(folder, file, ".."))
        .split(sep)
        .join("/");
      return [name, JSON.parse(readFileSync(join(folder, file), "utf8")) as Result];
    }),
  );
}
