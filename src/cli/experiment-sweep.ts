/** `cosface experiment margin` and its like: the paper's comparisons, each a sweep of short runs under one set-up. */
import { spawn } from "node:child_process";
import { Command } from "commander";
import {
  type Experiment,
  marginExperiment,
  openMaterial,
  type RunRow,
  runSweep,
  type SweepProgress,
  summarizeRuns,
  type VariantSummary,
} from "../experiments/index.ts";
import { parseInteger, parseNumber, parseNumbers, parseSize } from "./arguments.ts";
import { interruption } from "./interruption.ts";
import { clearProgress, formatDuration, formatPercent, note, print, printJson, progress } from "./output.ts";

type Flags = {
  out: string;
  data?: string;
  verifyImages?: string;
  verifyPairs?: string;
  identities?: number;
  imagesPerIdentity?: number;
  network: string;
  input: [number, number];
  embeddingSize: number;
  batch: number;
  epochs: number;
  learningRate: number;
  warmUp: number;
  seeds: number;
  threads: number;
  parallel: number;
  json?: boolean;
  worker?: boolean;
};

export function marginCommand(): Command {
  return sweepCommand("margin", "CosFace with margins from 0 to far beyond the paper's")
    .option("--scale <s>", "scale of the logits", parseNumber, 30)
    .option("--margins <list>", "margins to try, as in 0,0.2,0.35; default 12 from 0 to 0.8", parseNumbers)
    .action((flags: Flags & { scale: number; margins?: number[] }) =>
      run(marginExperiment(flags.scale, flags.margins), flags),
    );
}

/** What all sweeps take. */
function sweepCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option("--out <folder>", "folder for runs and results; what has ended there is kept", `experiment-${name}`)
    .option("--data <path>", "folder of faces or train.rec; default synthetic people", String)
    .option("--verify-images <folder>", "aligned LFW-style images to test on")
    .option("--verify-pairs <file>", "LFW-style list of pairs to test on")
    .option("--identities <n>", "train on the first so many", parseInteger)
    .option("--images-per-identity <n>", "train on the first so many of each", parseInteger)
    .option("--network <name>", "see `cosface networks`", "sphere4-half")
    .option("--input <height>x<width>", "input size", parseSize, [32, 32])
    .option("--embedding-size <n>", "numbers in an embedding", parseInteger, 128)
    .option("--batch <n>", "images a step", parseInteger, 128)
    .option("--epochs <n>", "passes over the data", parseNumber, 6)
    .option("--learning-rate <x>", "highest learning rate", parseNumber, 0.1)
    .option("--warm-up <n>", "steps in which the learning rate rises from 0", parseInteger, 50)
    .option("--seeds <n>", "runs of each point, with seeds 1, 2, …", parseInteger, 3)
    .option("--threads <n>", "of each run", parseInteger, 1)
    .option("--parallel <n>", "runs at a time; small networks gain more from these than from threads", parseInteger, 1)
    .option("--json", "print JSON: a row for each point, and for each run");
}

async function run(experiment: Experiment, flags: Flags): Promise<void> {
  const { out, network, input, embeddingSize, batch, epochs, learningRate, warmUp, seeds, threads, parallel } = flags;
  const abort = interruption("stopping after this step; the same command goes on");
  const workers = Array.from({ length: parallel - 1 }, startWorker);
  const material = await openMaterial({ ...flags, inputSize: input });
  const { rows, isFinished } = await runSweep({
    experiment,
    material,
    options: {
      network,
      inputSize: input,
      embeddingSize,
      batchSize: batch,
      epochs,
      learningRate,
      warmUp,
      milestones: [0.6, 0.85],
      threads,
    },
    seeds: Array.from({ length: seeds }, (_, i) => i + 1),
    folder: out,
    signal: abort.signal,
    onProgress: showProgress,
    onRow: showRow,
  });
  await Promise.all(workers);
  clearProgress();
  await material.dataset.close();
  if (!isFinished) process.exitCode = 130;
  if (process.env[WORKER] !== undefined) return;
  const summaries = summarizeRuns(experiment, rows);
  if (flags.json) printJson({ experiment: experiment.name, isFinished, variants: summaries, runs: rows });
  else print(...table(summaries), ...(isFinished ? [] : ["stopped; the same command goes on"]));
}

/** Set in the processes that `--parallel` adds: they make runs, and leave the report to the first. */
const WORKER = "COSFACE_EXPERIMENT_WORKER";

/** The same command in another process, which claims runs of the same sweep. */
function startWorker(): Promise<void> {
  const { [WORKER]: isWorker, ...env } = process.env;
  if (isWorker !== undefined) return Promise.resolve();
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env: { ...env, [WORKER]: "1" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  child.stderr.on("data", (text: Buffer) => note(text.toString().trimEnd()));
  return new Promise((resolve) => child.once("exit", () => resolve()));
}

function showProgress({ doneCount, runCount, activity, secondsLeft }: SweepProgress): void {
  const left = secondsLeft === undefined ? "" : `, ${formatDuration(secondsLeft)} left`;
  progress(`${doneCount} of ${runCount} runs; ${activity}${left}`);
}

function showRow({ variant, seed, outcome, accuracy, trainingAccuracy, seconds }: RunRow): void {
  const result = outcome === "diverged" ? "diverged" : `accuracy ${formatPercent(accuracy ?? Number.NaN)}`;
  const learnt = trainingAccuracy === null ? "" : `, training accuracy ${formatPercent(trainingAccuracy, 1)}`;
  note(`${variant}, seed ${seed}: ${result}${learnt}, ${formatDuration(seconds)}`);
}

function table(summaries: readonly VariantSummary[]): string[] {
  const width = Math.max(...summaries.map(({ name }) => name.length));
  return summaries.map(({ name, mean, standardDeviation, finishedCount, divergedCount }) => {
    const spread = finishedCount > 1 ? ` ± ${formatPercent(standardDeviation)}` : "";
    const result = finishedCount === 0 ? "no run finished" : `${formatPercent(mean)}${spread}`;
    return `${name.padEnd(width)}  ${result}${divergedCount === 0 ? "" : `  (${divergedCount} diverged)`}`;
  });
}
