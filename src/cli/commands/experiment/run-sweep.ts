/** Runs a sweep of short trainings and writes its report. */
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { formatCount, writeFigures } from "../../../measure/report/index.ts";
import {
  type Experiment,
  type Material,
  openMaterial,
  type RunRow,
  runSweep,
  type SweepProgress,
  summarizeRuns,
  sweepFigures,
  sweepReport,
  type VariantSummary,
} from "../../../training/experiments/index.ts";
import { INTERRUPTED, POSITIVE } from "../../exit-codes.ts";
import { given } from "../../given.ts";
import { interruption } from "../../interruption.ts";
import { describeMachine } from "../../machine.ts";
import { clearProgress, formatDuration, formatPercent, note, print, printJson, progress } from "../../output.ts";
import type { SweepFlags } from "./sweep-options.ts";

export async function runSweepCommand(plan: (material: Material) => Experiment, flags: SweepFlags): Promise<number> {
  const { out, network, input, embeddingSize, batch, epochs, learningRate, warmUp, seeds, threads, parallel } = flags;
  const abort = interruption("stopping after this step; the same command continues");
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
    ...given({ identitiesPerBatch: flags.identitiesPerBatch }),
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
  const exitCode = isFinished ? POSITIVE : INTERRUPTED;
  if (process.env[WORKER] !== undefined) return exitCode;
  const summaries = summarizeRuns(experiment, rows);
  const report = join(out, "report.html");
  await writeFile(report, sweepReport({ experiment, rows, ...describeSetUp(material, flags) }));
  const drawn = Object.entries(sweepFigures(experiment, rows)).map(([name, { svg }]) => [name, svg] as const);
  await writeFigures(join(out, "figures"), Object.fromEntries(drawn));
  if (flags.json) printJson({ experiment: experiment.name, isFinished, report, variants: summaries, runs: rows });
  else print(...table(summaries), isFinished ? report : `${report}, so far: the same command continues`);
  return exitCode;
}

function describeSetUp({ dataset, verification, protocol }: Material, flags: SweepFlags) {
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

/** Set in the processes that `--parallel` adds: they train, and the first process writes the report. */
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
  const learned = trainingAccuracy === null ? "" : `, training accuracy ${formatPercent(trainingAccuracy, 1)}`;
  note(`${variant}, seed ${seed}: ${result}${learned}, ${formatDuration(seconds)}`);
}

function table(summaries: readonly VariantSummary[]): string[] {
  const width = Math.max(...summaries.map(({ name }) => name.length));
  return summaries.map(({ name, mean, standardDeviation, finishedCount, divergedCount }) => {
    const spread = finishedCount > 1 ? ` ± ${formatPercent(standardDeviation)}` : "";
    const result = finishedCount === 0 ? "no run finished" : `${formatPercent(mean)}${spread}`;
    return `${name.padEnd(width)}  ${result}${divergedCount === 0 ? "" : `  (${divergedCount} diverged)`}`;
  });
}
