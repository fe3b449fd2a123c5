/**
 * Benchmarks. Ours and the other side take turns; the figure is the ratio of their medians in one run.
 *
 *   npm run bench -- --suite train|inference|head|search|data|startup|recognition [--networks sphere4,…] [--batch 1,32] [--rounds 3] [--photos DIR] [--json]
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { describeMachine } from "../src/cli/machine.ts";
import type { Measurement, Suite } from "./measurement.ts";
import { dataSuite } from "./suites/data.ts";
import { headSuite } from "./suites/head.ts";
import { networkSuite } from "./suites/networks.ts";
import { recognitionSuite } from "./suites/recognition.ts";
import { searchSuite } from "./suites/search.ts";
import { startupSuite } from "./suites/startup.ts";

const suites: Readonly<Record<string, Suite>> = {
  train: networkSuite("train"),
  inference: networkSuite("inference"),
  head: headSuite,
  search: searchSuite,
  data: dataSuite,
  startup: startupSuite,
  recognition: recognitionSuite,
};

const { values } = parseArgs({
  options: {
    suite: { type: "string", default: "train" },
    networks: { type: "string", default: "sphere4,sphere20,iresnet18,mobilefacenet" },
    batch: { type: "string", default: "32" },
    rounds: { type: "string", default: "3" },
    threads: { type: "string", default: String(availableParallelism()) },
    photos: { type: "string", default: "../shared/lfw/photos" },
    json: { type: "boolean", default: false },
  },
});

const suite = suites[values.suite];
if (suite === undefined) {
  console.error(`error: --suite: got '${values.suite}', expected one of ${Object.keys(suites).join(", ")}`);
  process.exit(2);
}
const results = await suite({
  rounds: Number(values.rounds),
  threads: Number(values.threads),
  networks: values.networks.split(","),
  batchSizes: values.batch.split(",").map(Number),
  photos: values.photos,
  onProgress: (what) => console.error(what),
});
if (values.json) console.log(JSON.stringify(results, null, 2));
else printTable(results);

function printTable(results: readonly Measurement[]): void {
  console.log(`${describeMachine()}, ${values.threads} threads, medians of ${values.rounds} rounds`);
  const rows = results.map(({ measure, value, unit, against, reference, ratio }) => [
    measure,
    `${value.toPrecision(4)} ${unit}`,
    reference === null ? "" : `${against}: ${reference.toPrecision(4)}`,
    ratio === null ? "" : `ratio ${ratio.toFixed(2)}`,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    );
}
