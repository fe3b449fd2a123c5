/**
 * `npm run calibrations -- --source NAME=FOLDER --source NAME=FOLDER [--check NAME=FOLDER]`: measures the built-in
 * calibration of the default networks on photographs of several sources and writes
 * src/faces/people/built-in-calibrations.ts. Then it shows what the thresholds do on people who took no part, and
 * writes results/thresholds/result.json: half of a source's people, each source by itself, and aligned crops
 * (`--check`).
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { random } from "../../src/base/core/index.ts";
import { describeMachine } from "../../src/cli/machine.ts";
import {
  type CalibratedSource,
  type Calibration,
  calibrate,
  calibrateOverSources,
  DEFAULT_FARS,
  measureSource,
} from "../../src/faces/people/index.ts";
import { crossPairs, measureThreshold, shareForSource } from "../../src/measure/eval/index.ts";
import { RESULTS } from "../results/result.ts";
import { type ReadSource, readSource, rowsWhere } from "./read-sources.ts";

const { values } = parseArgs({
  options: { source: { type: "string", multiple: true }, check: { type: "string", multiple: true } },
});
const date = new Date().toISOString().slice(0, 10);
const sources: ReadSource[] = [];
for (const word of values.source ?? []) sources.push(await readSource(word));
const checks: ReadSource[] = [];
for (const word of values.check ?? []) checks.push(await readSource(word, { aligned: true }));

const measure = (source: ReadSource): CalibratedSource =>
  measureSource(source, { measuredOn: source.name, detector: source.detector, date });
const model = sources[0]?.model ?? "";
const curves = sources.map(measure);
const builtIn = calibrateOverSources(model, curves);
writeBuiltIn(builtIn);

type Row = { readonly [key: string]: string | number | null };
const rows: Row[] = [];

/** A row for each rate: the threshold and its interval, and the FAR that it was measured to have on others. */
function check(from: string, { thresholds }: Calibration, others: ReadSource): void {
  const pairs = crossPairs(others, shareForSource(Math.max(...DEFAULT_FARS)));
  for (const entry of thresholds) {
    if (entry.threshold === null) continue;
    const { far, threshold, farInterval } = entry;
    const found = measureThreshold(pairs, threshold).far;
    const isInside = farInterval.low <= found && found <= farInterval.high ? "yes" : "no";
    const range = (low: number, high: number) => `${low.toExponential(1)} to ${high.toExponential(1)}`;
    rows.push({
      from,
      on: `${others.name}: ${new Set(others.identities).size} people`,
      far: far.toExponential(),
      threshold,
      interval: range(farInterval.low, farInterval.high),
      found: found.toExponential(2),
      isInside,
    });
  }
}

const half = (source: ReadSource, parity: number) => ({
  ...rowsWhere(source, (_, identity) => identity % 2 === parity),
  name: `${source.name}, half of the people`,
});
const [first, second] = sources;
if (first !== undefined && second !== undefined) {
  const alone = calibrate(first, { model, measuredOn: first.name, detector: first.detector, date });
  for (const other of [second, ...checks])
    check(`${first.name}, people alone in the interval (as before)`, alone, other);
  for (const parity of [0, 1]) {
    const halved = [measure(first), measure(half(second, parity))];
    check(`${first.name} and half of ${second.name}`, calibrateOverSources(model, halved), half(second, 1 - parity));
  }
  check(first.name, calibrateOverSources(model, [measure(first)]), second);
  check(second.name, calibrateOverSources(model, [measure(second)]), first);
  for (const other of checks) check(`${first.name} and ${second.name} (built in)`, builtIn, other);
  updates(first, second);
}

/** The first source, updated with a few people of the second, on the others of the second: four draws of people. */
function updates(before: ReadSource, after: ReadSource): void {
  const earlier = measure(before);
  const people = [...new Set(after.identities)];
  for (const count of [5, 10, 20, 40]) {
    const found = DEFAULT_FARS.map((far) => ({ far, thresholds: [] as number[], rates: [] as number[], held: 0 }));
    const draws = 4;
    for (let draw = 0; draw < draws; draw++) {
      const order = random(draw, "own people", count).permutation(people.length);
      const own = new Set([...order.subarray(0, count)].map((i) => people[i] ?? -1));
      const part = rowsWhere(after, (_, identity) => own.has(identity));
      const rest = crossPairs(
        rowsWhere(after, (_, identity) => !own.has(identity)),
        shareForSource(Math.max(...DEFAULT_FARS)),
      );
      const updated = calibrateOverSources(model, [earlier, measure({ ...part, name: "own" })], { target: "own" });
      for (const [i, entry] of updated.thresholds.entries()) {
        const row = found[i];
        if (entry.threshold === null || row === undefined) continue;
        const { far } = measureThreshold(rest, entry.threshold);
        row.thresholds.push(entry.threshold);
        row.rates.push(far);
        if (entry.farInterval.low <= far && far <= entry.farInterval.high) row.held++;
      }
    }
    const geometric = (rates: readonly number[]) =>
      Math.exp(rates.reduce((sum, rate) => sum + Math.log(Math.max(rate, 1e-6)), 0) / rates.length);
    for (const { far, thresholds, rates, held } of found) {
      rows.push({
        from: `${before.name}, updated with ${count} people of ${after.name}`,
        on: `the others of ${after.name}, geometric mean of ${draws} draws`,
        far: far.toExponential(),
        threshold: thresholds.reduce((sum, threshold) => sum + threshold, 0) / thresholds.length,
        interval: "",
        found: geometric(rates).toExponential(2),
        isInside: `${held} of ${draws}`,
      });
    }
  }
}

for (const { name, leftOutCount } of [...sources, ...checks]) {
  process.stderr.write(`${name}: ${leftOutCount} images left out\n`);
}
writeFileSync(
  join(RESULTS, "thresholds", "result.json"),
  `${JSON.stringify(
    {
      command: [
        "npm run calibrations -- \\",
        ...sources.map(({ name }) => `    --source "${name}=FOLDER" \\`),
        ...checks.map(({ name }) => `    --check "${name}=FOLDER"`),
      ].join("\n"),
      seed: null,
      commit: null,
      machine: describeMachine(),
      date,
      columns: [
        { key: "from", title: "calibrated on" },
        { key: "on", title: "measured on people who took no part" },
        { key: "far", title: "FAR stated" },
        { key: "threshold", title: "threshold", digits: 4 },
        { key: "interval", title: "its 95 % interval" },
        { key: "found", title: "FAR measured" },
        { key: "isInside", title: "inside" },
      ],
      metrics: rows,
    },
    null,
    2,
  )}\n`,
);

function writeBuiltIn(calibration: Calibration): void {
  const file = join(import.meta.dirname, "..", "..", "src", "faces", "people", "built-in-calibrations.ts");
  const text = JSON.stringify([calibration], (_, value: unknown) =>
    typeof value === "number" ? Number(value.toPrecision(9)) : value,
  );
  writeFileSync(
    file,
    `import type { Calibration } from "./calibration.ts";

/**
 * Calibrations that are part of cosface, so that \`verify\` works before anybody has calibrated. \`npm run
 * calibrations\` measures them and writes this file (docs/notes/thresholds.md). They are meant for photographs of a
 * source that took no part, and their intervals contain the spread between the sources. Photographs of your own give
 * narrower ones:
 * \`cosface calibrate FOLDER --from built-in\`.
 */
export const builtInCalibrations: readonly Calibration[] = ${text};
`,
  );
  execFileSync("npx", ["biome", "check", "--write", file], { stdio: "ignore" });
}
