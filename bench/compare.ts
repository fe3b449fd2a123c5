/**
 * What changed since results were last committed. Where a measure has another side, the ratio to it is compared, so that a
 * machine which is slower today changes little; else the value is. A change counts when no round now is as any was before.
 */
import { readFileSync } from "node:fs";
import { type Measurement, median, roundFigures } from "./measurement.ts";

/** A measure then and now; `moved` when the rounds of both do not overlap. */
export type Change = {
  readonly measure: string;
  readonly before: number;
  readonly now: number;
  readonly change: number;
  readonly moved: boolean;
};

/** Reads results as `--json` prints them. @throws {Error} when the file holds none. */
export function readResults(file: string): Measurement[] {
  const results: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (!Array.isArray(results) || !results.every((result: Partial<Measurement>) => Array.isArray(result.runs))) {
    throw new Error("expected the array that --json prints");
  }
  return results as Measurement[];
}

/** Changes of the measures that both have. */
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
