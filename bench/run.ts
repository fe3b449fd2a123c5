/**
 * Benchmarks. This project and a reference run in alternating rounds; the result is the ratio of their medians in one
 * run.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { describeMachine } from "../src/cli/machine.ts";
import { compareResults, readResults } from "./compare.ts";
import type { Suite } from "./measurement.ts";
import { dataSuite } from "./suites/data.ts";
import { headSuite } from "./suites/head.ts";
import { networkSuite } from "./suites/networks.ts";
import { recognitionSuite } from "./suites/recognition.ts";
import { searchSuite } from "./suites/search.ts";
import { startupSuite } from "./suites/startup.ts";
import { changesTable, resultsTable } from "./table.ts";

const HELP = `npm run bench -- [options]

  --suite NAME       train (default), inference, head, search, data, startup or recognition
  --networks A,B     networks of train and inference; default sphere4,sphere20,iresnet18,mobilefacenet;
                     sphere64 and iresnet50 take minutes per round
  --batches 1,32     batch sizes of train and inference; default 32
  --threads 1,2      threads; train and inference take several, one after the other; default: all cores
  --images 256       images of train and inference per round, after a warm-up of twice as many; at least three batches
  --rounds 3         rounds of each side
  --profile          train and inference: time by op type and on one thread, of this project only
  --photos DIR       photographs for recognition; default ../shared/lfw/photos, or drawn images if it is missing
  --compare FILE     also print the changes since FILE, a result.json or output of --json; a star marks a change
                     beyond the spread of the rounds
  --json             print an array of { measure, value, unit, against, reference, ratio, runs } instead of a table
  --help             this text

Compare results only with those of the same machine. results/bench/NAME/result.json has earlier ones.`;

const suites: Readonly<Record<string, Suite>> = {
  train: networkSuite("train"),
  inference: networkSuite("inference"),
  head: headSuite,
  search: searchSuite,
  data: dataSuite,
  startup: startupSuite,
  recognition: recognitionSuite,
};

const values = readArguments();
if (values.help) {
  console.log(HELP);
  process.exit();
}
const suite = suites[values.suite];
if (suite === undefined) refuse(`--suite: got '${values.suite}', expected one of ${Object.keys(suites).join(", ")}`);
const before = values.compare === undefined ? undefined : earlierResults(values.compare);
const threadCounts = counts("threads", values.threads);
const [rounds] = counts("rounds", values.rounds) as [number];
const [imageCount] = counts("images", values.images) as [number];
const results = await suite({
  rounds,
  threads: threadCounts.at(-1)!,
  threadCounts,
  networks: values.networks.split(","),
  batchSizes: counts("batches", values.batches),
  imageCount,
  isProfiled: values.profile,
  photos: values.photos,
  onProgress: (what) => console.error(what),
});
if (values.json) {
  console.log(JSON.stringify(results, null, 2));
} else {
  console.log(`${describeMachine()}, ${values.threads} threads, medians of ${rounds} rounds (lowest to highest)`);
  console.log(resultsTable(results));
}
if (before !== undefined) {
  const print = values.json ? console.error : console.log;
  print(`\nsince ${values.compare}: before → now, × now over before`);
  print(changesTable(compareResults(before, results)));
}

function readArguments() {
  const text = (fallback: string) => ({ type: "string", default: fallback }) as const;
  const flag = { type: "boolean", default: false } as const;
  try {
    return parseArgs({
      options: {
        suite: text("train"),
        networks: text("sphere4,sphere20,iresnet18,mobilefacenet"),
        batches: text("32"),
        rounds: text("3"),
        images: text("256"),
        threads: text(String(availableParallelism())),
        photos: text("../shared/lfw/photos"),
        compare: { type: "string" },
        profile: flag,
        json: flag,
        help: flag,
      },
    }).values;
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function earlierResults(file: string) {
  try {
    return readResults(file);
  } catch (error) {
    return refuse(`--compare: cannot read '${file}': ${(error as Error).message}`);
  }
}

/** Positive whole numbers with commas between them. */
function counts(option: string, text: string): number[] {
  const numbers = text.split(",").map(Number);
  if (numbers.every((number) => Number.isInteger(number) && number > 0)) return numbers;
  return refuse(`--${option}: got '${text}', expected positive whole numbers, such as 1,32`);
}

function refuse(message: string): never {
  console.error(`error: ${message}`);
  process.exit(2);
}
