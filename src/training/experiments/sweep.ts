/**
 * A sweep trains one network many times: each variant with each seed, with the same data in the same order and the same
 * schedule, and tests it on the same pairs. Its folder contains `sweep.json` (the configuration), `results.jsonl` (a
 * line per completed run) and `runs/` (a folder per run). A stopped sweep can be continued: completed runs are not
 * repeated, and the interrupted run resumes from its checkpoint.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type CancelSignal, DivergenceError, TrainingError } from "../../base/core/index.ts";
import { summarize } from "../../base/data/index.ts";
import { verifySet } from "../../faces/embedder/index.ts";
import type { VerificationResult } from "../../measure/eval/index.ts";
import { isSameLoss } from "../losses/index.ts";
import { resolveOptions, type TrainingOptions, type TrainingResult, type TrainingRow, train } from "../train/index.ts";
import { claim, release } from "./claim.ts";
import type { Experiment, Variant } from "./experiment.ts";
import type { Material } from "./material.ts";
import { appendResult, type RunRow, readResults } from "./results.ts";

/** The training options that all runs of a sweep share: all but the loss and the seed. */
export type SweepOptions = Omit<TrainingOptions, "loss" | "seed" | "initializeFrom">;

/** A sweep, its folder and its callbacks. */
export type Sweep = {
  readonly experiment: Experiment;
  readonly material: Material;
  readonly options: SweepOptions;
  readonly seeds: readonly number[];
  /** Created if it is missing. A sweep with the same configuration continues there. */
  readonly folder: string;
  /** Aborting ends the sweep after the current step, with a checkpoint of the current run. */
  readonly signal?: CancelSignal;
  readonly onProgress?: (progress: SweepProgress) => void;
  /** Called with every run that this process completes. */
  readonly onRow?: (row: RunRow) => void;
};

/** Progress of a sweep. */
export type SweepProgress = {
  /** Runs completed by this and other processes. */
  readonly doneCount: number;
  /** All runs. */
  readonly runCount: number;
  /** Current activity, such as "m = 0.35, seed 2: step 40 of 500". */
  readonly activity: string;
  /** Estimate for the whole sweep with this process alone; undefined before the first log line of the first run. */
  readonly secondsLeft: number | undefined;
};

/** Rows of a sweep, and whether all runs are completed. */
export type SweepResult = { readonly rows: readonly RunRow[]; readonly isFinished: boolean };

type Run = { readonly variant: Variant; readonly seed: number; readonly folder: string };

/**
 * Completes the runs of a sweep. Several processes may work in one folder at the same time: one of them makes each run,
 * and all return when the last run is completed.
 *
 * A run whose training diverges counts as a result, not as an error.
 *
 * @throws {TrainingError} when the folder contains a sweep with another configuration.
 * @throws {DatasetError} and {OptionError} as `train` does.
 */
export async function runSweep(sweep: Sweep): Promise<SweepResult> {
  const { experiment, seeds, folder, signal, onProgress = () => {}, onRow = () => {} } = sweep;
  await mkdir(join(folder, "runs"), { recursive: true });
  await keepConfiguration(sweep);
  const runs = seeds.flatMap((seed) =>
    experiment.variants.map(
      (variant): Run => ({ variant, seed, folder: join(folder, "runs", folderName(variant.name, seed)) }),
    ),
  );
  const ended = () => {
    const rows = readResults(folder);
    return runs.flatMap((run) => rows.find((row) => isResultOf(row, run)) ?? []);
  };
  for (;;) {
    const rows = ended();
    const left = runs.filter((run) => !rows.some((row) => isResultOf(row, run)));
    const isFinished = left.length === 0;
    if (isFinished) await Promise.all(runs.map(removeCheckpoints));
    if (isFinished || signal?.aborted) return { rows, isFinished };
    const report = (activity: string, secondsOfThis?: { spent: number; left: number }) => {
      const times = rows.filter(({ outcome }) => outcome === "finished").map(({ seconds }) => seconds);
      if (times.length === 0 && secondsOfThis !== undefined) times.push(secondsOfThis.spent + secondsOfThis.left);
      const each = times.length === 0 ? undefined : times.reduce((sum, seconds) => sum + seconds, 0) / times.length;
      const secondsLeft = each && each * (left.length - 1) + (secondsOfThis?.left ?? each);
      onProgress({ doneCount: rows.length, runCount: runs.length, activity, secondsLeft });
    };
    const next = left.find((run) => isReady(run, runs, rows) && claim(`${run.folder}.claim`));
    if (next === undefined) {
      report("waiting for the last runs of other processes");
      await sleep(POLL_MILLISECONDS);
      continue;
    }
    try {
      // Another process may have completed it since the rows were read.
      if (ended().some((row) => isResultOf(row, next))) continue;
      const row = await makeRun(next, runs, sweep, report);
      if (row === undefined) continue;
      appendResult(folder, row);
      onRow(row);
    } finally {
      release(`${next.folder}.claim`);
    }
  }
}

const POLL_MILLISECONDS = 500;

/** Trains and tests a network; undefined when the run was stopped. */
async function makeRun(
  { variant, seed, folder }: Run,
  runs: readonly Run[],
  { material, options, signal }: Sweep,
  report: (activity: string, seconds?: { spent: number; left: number }) => void,
): Promise<RunRow | undefined> {
  const name = `${variant.name}, seed ${seed}`;
  const before = runs.find((run) => run.seed === seed && run.variant.name === variant.startsFrom);
  let verification: VerificationResult | undefined;
  let last: TrainingRow | undefined;
  const row = (outcome: RunRow["outcome"]): RunRow => ({
    variant: variant.name,
    seed,
    loss: variant.loss,
    outcome,
    accuracy: verification?.accuracy ?? null,
    standardDeviation: verification?.standardDeviation ?? null,
    eer: verification?.eer ?? null,
    trainingAccuracy: last?.accuracy ?? null,
    trainingLoss: last?.loss ?? null,
    iterations: last?.iteration ?? 0,
    seconds: last?.seconds ?? 0,
    time: new Date().toISOString(),
  });
  let result: TrainingResult;
  try {
    result = await train({
      dataset: material.dataset,
      options: {
        ...options,
        loss: variant.loss,
        seed,
        ...(before === undefined ? {} : { initializeFrom: before.folder }),
      },
      folder,
      resume: true,
      ...(signal === undefined ? {} : { signal }),
      onPreparation: (activity) => report(`${name}: ${activity}`),
      onRow: (line, { iterations, secondsLeft }) => {
        if (line.kind !== "train") return;
        last = line;
        report(`${name}: step ${line.iteration} of ${iterations}`, { spent: line.seconds, left: secondsLeft });
      },
      verify: async (embedder) => {
        verification = await verifySet(embedder, material.verification, {
          protocol: material.protocol,
          onProgress: (done, total) => report(`${name}: ${done} of ${total} test images`),
        });
        return verification;
      },
    });
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    return { ...row("diverged"), reason: error.message };
  }
  last = result.rows.findLast((line) => line.kind === "train");
  return result.isFinished ? row("finished") : undefined;
}

/** Whether a run can start: the run that gives its initial values, if any, is completed. */
function isReady({ variant, seed }: Run, runs: readonly Run[], rows: readonly RunRow[]): boolean {
  const before = runs.find((run) => run.seed === seed && run.variant.name === variant.startsFrom);
  return before === undefined || rows.some((row) => isResultOf(row, before));
}

/** Whether a result belongs to a run: a loss of the same name with another margin is another run. */
function isResultOf(row: RunRow, { variant, seed }: Run): boolean {
  return row.variant === variant.name && row.seed === seed && isSameLoss(row.loss, variant.loss);
}

/** "m = 0.35", 2 → "m-0.35-seed2". */
function folderName(variant: string, seed: number): string {
  const words = variant.toLowerCase().replace(/[^a-z0-9.]+/g, "-");
  return `${words.replace(/^-|-$/g, "")}-seed${seed}`;
}

/**
 * Writes the configuration, or compares it with the existing one, so that a table has rows of one configuration only.
 */
async function keepConfiguration({ experiment, material, options, folder }: Sweep): Promise<void> {
  const { dataset, verification, protocol } = material;
  const { seed, loss, threads, ...resolved } = resolveOptions(options, dataset.sampleCount);
  const configuration = {
    experiment: experiment.name,
    options: resolved,
    data: summarize(dataset),
    verification: { protocol, imageCount: verification.imageCount, pairCount: verification.pairs.length },
  };
  const text = `${JSON.stringify(configuration, null, 2)}\n`;
  const path = join(folder, "sweep.json");
  if (!existsSync(path)) return writeFile(path, text);
  if ((await readFile(path, "utf8")) !== text) {
    throw new TrainingError(
      `${path}: the folder contains a sweep with another configuration: use the same options and data, or another folder`,
    );
  }
}

/** Checkpoints are many times as large as the model, and are needed only until the last run is completed. */
async function removeCheckpoints({ folder }: Run): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.filter((name) => name.endsWith(".safetensors")).map((name) => rm(join(folder, name))));
}
