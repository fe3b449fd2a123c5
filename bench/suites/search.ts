/** Identification and verification among a million distractors, compared with their matrix products alone. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type Measurement, type Suite, summarize } from "../measurement.ts";

/** The output of search.ts. */
type SearchResult = {
  readonly seconds: number;
  readonly gflops: number;
  readonly bareGflops: number;
  readonly ceilingGflops: number;
  readonly peakBytes: number;
};

const PROBES = 3530;
const DISTRACTORS = 1_000_000;
const EMBEDDING_SIZE = 512;

/** Time, arithmetic as a share of the GEMM ceiling, and peak memory compared with that of the distractors. */
export const searchSuite: Suite = async ({ rounds, threads, onProgress }) => {
  const results = Array.from({ length: rounds }, (_, round) => {
    onProgress(`search, round ${round + 1} of ${rounds}`);
    return run(threads);
  });
  const what = "3,530 probes, 1,000,000 distractors, rank-1 and TAR@FAR 1e-6";
  const line = (
    { measure, unit, against }: { measure: string; unit: string; against: string | null },
    value: (result: SearchResult) => number,
    reference: (result: SearchResult) => number | null,
  ): Measurement =>
    summarize(
      { measure: `${what}${measure}`, unit, against },
      results.map((result) => ({ value: value(result), reference: reference(result) })),
    );
  const tableGibibytes = (4 * EMBEDDING_SIZE * DISTRACTORS) / 2 ** 30;
  return [
    line(
      { measure: "", unit: "s", against: null },
      ({ seconds }) => seconds,
      () => null,
    ),
    line(
      { measure: ": arithmetic", unit: "GFLOP/s", against: "its products alone, before and after" },
      ({ gflops }) => gflops,
      ({ bareGflops }) => bareGflops,
    ),
    line(
      { measure: ": arithmetic", unit: "GFLOP/s", against: "GEMM ceiling, the best moment" },
      ({ gflops }) => gflops,
      ({ ceilingGflops }) => ceilingGflops,
    ),
    line(
      { measure: ": peak memory", unit: "GiB", against: "the distractors" },
      ({ peakBytes }) => peakBytes / 2 ** 30,
      () => tableGibibytes,
    ),
  ];
};

function run(threads: number): SearchResult {
  const words = [PROBES, DISTRACTORS, threads].map(String);
  const args = ["--import", "tsx", join(import.meta.dirname, "..", "search.ts"), ...words];
  const output = execFileSync(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(output.toString()) as SearchResult;
}
