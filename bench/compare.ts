/**
 * Changes since earlier results. If a measure has a reference, the ratios to it are compared, so that a machine that is
 * slower today has little influence; otherwise the values. A change counts when the ranges of the rounds do not
 * overlap.
 */
import { readFileSync } from "node:fs";
import { type Measurement, median, roundFigures } from "./measurement.ts";

/** A measure before and now; `moved` when the ranges of the rounds do not overlap. */
export type Change = {
  readonly measure: string;
  readonly before: number;
  readonly now: number;
  readonly change: number;
  readonly moved: boolean;
};

/** Reads results from the output of `--json` or from a result.json. @throws {Error} when the file contains neither. */
export function readResults(file: string): Measurement[] {
  const content: unknown = JSON.parse(readFileSync(file, "utf8"));
  const results = typeof content === "object" && content !== null && "metrics" in content ? content.metrics : content;
  if (!Array.isArray(results) || !results.every((result: Partial<Measurement>) => Array.isArray(result.runs))) {
    throw new Error("expected the output of --json, or a result.json with such metrics");
  }
  return results as Measurement[];
}

/** Changes of the measures that are in both. */
export function compareResults(before: readonly Measurement[], now: readonly Measurement[]): Change[] {
  return now.flatMap((measurement) => {
    const earlier = before.find(
      ({ measure, against }) => measure === measurement.measure && against === measurement.against,
    );
    if (earlier === undefined) return [];
    const [old, fresh] = [roundFigures(earlier), roundFigures(measurement)];
    const isApart = Math.min(...fresh) > Math.max(...old) || Math.max(...fresh) < Math.min(...old);
    const [was, is] = [median(old), median(fresh)];
    return [{ measure: measurement.measure, before: was, now: is, change: is / was, moved: isApart }];
  });
}
