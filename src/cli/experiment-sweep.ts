/** `cosface experiment margin` and its like: the paper's comparisons, each a sweep of short runs under one set-up. */
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Command } from "commander";
import {
  type Experiment,
  lossesExperiment,
  type Material,
  marginExperiment,
  normalizationExperiment,
  openMaterial,
  type RunRow,
  runSweep,
  type SweepProgress,
  scaleExperiment,
  summarizeRuns,
  sweepFigures,
  sweepReport,
  type VariantSummary,
} from "../experiments/index.ts";
import { formatCount, writeFigures } from "../report/index.ts";
import { parseInteger, parseNumber, parseNumbers, parseSize } from "./arguments.ts";
import { interruption } from "./interruption.ts";
import { describeMachine } from "./machine.ts";
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
  identitiesPerBatch?: number;
};

export function marginCommand(): Command {
  return sweepCommand("margin", "CosFace with margins from 0 to far beyond the paper's 0.35")
    .option("--scale <s>", "scale of the logits", parseNumber, 30)
    .option("--margins <list>", "margins to try, as in 0,0.2,0.35; default 12 from 0 to 0.8", parseNumbers)
    .action((flags: Flags & { scale: number; margins?: number[] }) =>
      run(() => marginExperiment(flags.scale, flags.margins), flags),
    );
}

export function scaleCommand(): Command {
  return sweepCommand("scale", "CosFace with scales from far below to far above the bound of Eq. 6")
    .option("--margin <m>", "margin m", parseNumber, 0.35)
    .option("--scales <list>", "scales to try, as in 8,30,64; default 9 from 1 to 256", parseNumbers)
    .action((flags: Flags & { margin: number; scales?: number[] }) =>
      run(({ dataset }) => scaleExperiment(dataset.identityCount, flags.margin, flags.scales), flags),
    );
}

export function lossesCommand(): Command {
  return sweepCommand("losses", "the losses of the paper's Table 2, and ArcFace")
    .option("--scale <s>", "scale of the logits of A-Softmax, CosFace and ArcFace", parseNumber, 30)
    .option("--identities-per-batch <n>", "each with as many images, for losses that compare them", parseInteger, 16)
    .action((flags: Flags & { scale: number }) => run(() => lossesExperiment(flags.scale), flags));
}

export function normalizationCommand(): Command {
  return sweepCommand("normalization", "CosFace with and without feature normalization (Table 1)")
    .option("--scale <s>", "scale of the logits, where embeddings are normalized", parseNumber, 30)
    .option("--margin <m>", "margin m", parseNumber, 0.35)
    .action((flags: Flags & { scale: number; margin: number }) =>
      run(() => normalizationExperiment(flags.scale, flags.margin), flags),
    );
}

/** What all sweeps take. */
function sweepCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option("--out <folder>", "folder for runs and results; what has ended there is kept", `experiment-${name}`)
    .option("--data <path>", "folder of faces or train.rec; default synthetic people")
    .option("--verify-images <folder>", "aligned LFW-style images to test on")
    .option("--verify-pairs <file>", "LFW-style list of pairs to test on")
    .option("--identities <n>", "train on the first so many", parseInteger)
    .option("--images-per-identity <n>", "train on the first so many of each", parseInteger)
    .option("--network <name>", "see `cosface networks`", "iresnet10-light")
    .option("--input <height>x<width>", "input size", parseSize, [32, 32])
    .option("--embedding-size <n>", "numbers in an embedding", parseInteger, 128)
    .option("--batch <n>", "images a step", parseInteger, 64)
    .option("--epochs <n>", "passes over the data", parseNumber, 6)
    .option("--learning-rate <x>", "highest learning rate", parseNumber, 0.05)
    .option("--warm-up <n>", "steps in which the learning rate rises from 0", parseInteger, 50)
    .option("--seeds <n>", "runs of each point, with seeds 1, 2, …", parseInteger, 3)
    .option("--threads <n>", "of each run", parseInteger, 1)
    .option("--parallel <n>", "runs at a time; small networks gain more from these than from threads", parseInteger, 1)
    .option("--json", "print JSON: a row for each point, and for each run")
    .addHelpText(
      "after",
      `
Examples:
  cosface experiment ${name} --parallel 2
  cosface experiment ${name} --data train.rec --verify-images lfw/aligned --verify-pairs lfw/pairs.txt --out ${name}`,
    );
}

async function run(plan: (material: Material) => Experiment, flags: Flags): Promise<void> {
  const { out, network, input, embeddingSize, batch, epochs, learningRate, warmUp, seeds, threads, parallel } = flags;
  const abort = interruption("stopping after this step; the same command goes on");
  const workers = Array.from({ length: parallel - 1 }, () => startWorker(abort.signal));
  const material = await openMaterial({ ...flags, inputSize: input });
  const experiment = plan(material);
  const options = {
    network,
    inputSize: input,
    embeddingSize,
    batchSize: batch,
    epochs,
    learningRate,
    warmUp,
    milestones: [0.6, 0.85],
    threads,
    ...(flags.identitiesPerBatch === undefined ? {} : { identitiesPerBatch: flags.identitiesPerBatch }),
  };
  const { rows, isFinished } = await runSweep({
    experiment,
    material,
    options,
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
  const report = join(out, "report.html");
  await writeFile(report, sweepReport({ experiment, rows, ...describeSetUp(material, flags) }));
  const drawn = Object.entries(sweepFigures(experiment, rows)).map(([name, { svg }]) => [name, svg] as const);
  await writeFigures(join(out, "figures"), Object.fromEntries(drawn));
  if (flags.json) printJson({ experiment: experiment.name, isFinished, report, variants: summaries, runs: rows });
  else print(...table(summaries), isFinished ? report : `${report}, so far: the same command goes on`);
}

function describeSetUp({ dataset, verification, protocol }: Material, flags: Flags) {
  const { network, input, embeddingSize, batch, epochs, learningRate, warmUp } = flags;
  const name = flags.data === undefined ? "synthetic people" : basename(flags.data);
  return {
    network: `${network} at ${input.join("×")}, ${embeddingSize}-d`,
    data: `${formatCount(dataset.sampleCount)} images of ${formatCount(dataset.identityCount)} identities (${name})`,
    test: `${protocol === "lfw" ? "LFW" : "unseen synthetic people"}, ${formatCount(verification.pairs.length)} pairs`,
    schedule: `${epochs} epochs of batches of ${batch}; learning rate ${learningRate} after ${warmUp} steps, ÷10 at 60 % and 85 %`,
    command: `cosface experiment ${process.argv.slice(3).join(" ")}`,
    machine: describeMachine(),
  };
}

/** Set in the processes that `--parallel` adds: they make runs, and leave the report to the first. */
const WORKER = "COSFACE_EXPERIMENT_WORKER";

/** The same command in another process, which claims runs of the same sweep. */
function startWorker(signal: AbortSignal): Promise<void> {
  const { [WORKER]: isWorker, ...env } = process.env;
  if (isWorker !== undefined) return Promise.resolve();
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env: { ...env, [WORKER]: "1" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  signal.addEventListener("abort", () => child.kill("SIGTERM"));
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
