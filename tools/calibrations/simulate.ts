/**
 * How often an interval from a few sources holds the rate of one more source, on drawn sources whose spread is known:
 * `npx tsx tools/calibrations/simulate.ts`. It compares the interval of `measure/eval/between-sources.ts` with three
 * others: one source by itself, a bootstrap over sources and their people, and Student's t. Writes
 * results/thresholds-simulated/result.json.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { random } from "../../src/base/core/index.ts";
import { describeMachine } from "../../src/cli/machine.ts";
import { RatePosterior, type SourceRate } from "../../src/measure/eval/between-sources.ts";
import { RESULTS } from "../results/result.ts";

const SEED = 1;
const RUNS = 1000;
/** Runs of which the width of the interval is found, which takes longest. */
const WIDTH_RUNS = 60;
const RESAMPLES = 200;
/** Accepted pairs that a source's rate rests on, if they were independent: as the built-in sources have at 1e-3. */
const ACCEPTS = 40;
const RATE = 1e-3;
/** The 97.5 % points of Student's t with the degrees of freedom of 2, 3 and 5 sources. */
const STUDENT: Readonly<Record<number, number>> = { 2: 12.706, 3: 4.303, 5: 2.776 };

type Interval = readonly [low: number, high: number];

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function studentInterval(logs: readonly number[]): Interval {
  const center = mean(logs);
  const count = logs.length;
  const deviation = Math.sqrt(logs.reduce((sum, value) => sum + (value - center) ** 2, 0) / (count - 1));
  const half = (STUDENT[count] ?? Number.NaN) * deviation * Math.sqrt(1 + 1 / count);
  return [center - half, center + half];
}

const rows = [];
for (const count of [2, 3, 5]) {
  for (const spread of [0, 0.25, 0.5, 0.75, 1]) {
    const stream = random(SEED, "sources", count, String(spread));
    const held = { ours: 0, alone: 0, bootstrap: 0, student: 0 };
    const widths = { ours: [] as number[], student: [] as number[] };
    for (let run = 0; run < RUNS; run++) {
      const trueLogs = Array.from({ length: count + 1 }, () => Math.log(RATE) + stream.normal(0, spread));
      const target = trueLogs.pop() ?? 0;
      const logs = trueLogs.map((log) => log + stream.normal(0, 1 / Math.sqrt(ACCEPTS)));
      const sources = logs.map((log): SourceRate => ({ rate: Math.exp(log), effectiveCount: ACCEPTS / Math.exp(log) }));
      const record = (name: keyof typeof held, [low, high]: Interval) => {
        if (low <= target && target <= high) held[name]++;
      };
      const ours = new RatePosterior(sources, "new");
      const below = ours.probabilityUpTo(Math.exp(target));
      if (below >= 0.025 && below <= 0.975) held.ours++;
      if (run < WIDTH_RUNS) {
        const { low, high } = ours.interval(0.95);
        widths.ours.push(high / low);
      }
      const [first = 0] = logs;
      const error = 1.96 / Math.sqrt(ACCEPTS);
      record("alone", [first - error, first + error]);
      const resampled = Array.from({ length: RESAMPLES }, () =>
        mean(logs.map(() => (logs[stream.integer(count)] ?? 0) + stream.normal(0, 1 / Math.sqrt(ACCEPTS)))),
      ).sort((a, b) => a - b);
      record("bootstrap", [resampled[0.025 * RESAMPLES] ?? 0, resampled[0.975 * RESAMPLES - 1] ?? 0]);
      const student = studentInterval(logs);
      record("student", student);
      widths.student.push(Math.exp(student[1] - student[0]));
    }
    const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
    rows.push({
      sources: count,
      spread,
      ours: held.ours / RUNS,
      width: median(widths.ours),
      alone: held.alone / RUNS,
      bootstrap: held.bootstrap / RUNS,
      student: held.student / RUNS,
      studentWidth: median(widths.student).toPrecision(2),
    });
  }
}

const share = { unit: "%", digits: 1 };
const result = {
  command: "npx tsx tools/calibrations/simulate.ts",
  seed: SEED,
  commit: null,
  machine: describeMachine(),
  date: new Date().toISOString().slice(0, 10),
  columns: [
    { key: "sources", title: "sources" },
    { key: "spread", title: "deviation τ of ln(FAR) between sources", digits: 2 },
    { key: "ours", title: "half-normal prior of τ: holds the new source's FAR", ...share },
    { key: "width", title: "its upper end / lower end, median", digits: 1 },
    { key: "alone", title: "one source alone", ...share },
    { key: "bootstrap", title: "bootstrap over sources and people", ...share },
    { key: "student", title: "Student's t", ...share },
    { key: "studentWidth", title: "its upper end / lower end, median" },
  ],
  metrics: rows,
};
writeFileSync(join(RESULTS, "thresholds-simulated", "result.json"), `${JSON.stringify(result, null, 2)}\n`);
