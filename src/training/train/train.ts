import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DivergenceError, TrainingError } from "../../base/core/index.ts";
import { type FaceDataset, requireTrainable } from "../../base/data/index.ts";
import { writeAtomically } from "../../base/files/index.ts";
import type { ViewEmbedder } from "../../faces/embedder/index.ts";
import { type BrokenImage, trainingBatches } from "../batches/index.ts";
import { annealedLambda, createLoss, type FaceLoss } from "../losses/index.ts";
import { buildNetwork, configureNetwork, findNetwork, type Network } from "../nn/index.ts";
import { loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import { exportModel } from "./export-model.ts";
import { requirePlausibleFirstLoss } from "./first-loss.ts";
import { geometryRow } from "./geometry-row.ts";
import { lossNotes } from "./loss-notes.ts";
import { Meter } from "./meter.ts";
import { networkEmbedder } from "./network-embedder.ts";
import {
  createOptimizer,
  createSchedule,
  type SettledOptions,
  settleOptions,
  type TrainingOptions,
} from "./options.ts";
import { MOST_STEPS, Pace } from "./pace.ts";
import { type LogRow, openRunLog, type TrainingRow } from "./run-log.ts";
import { SampledStepProgram } from "./sampled-step-program.ts";
import { scoresRow } from "./scores-row.ts";
import { type Step, StepProgram, type StepScalars, type TrainingProgram } from "./step-program.ts";
import { CENTERS, PAPER_NORMALIZATION, type StepDescription } from "./training-step.ts";

/** What a verification during training gives: ten-fold accuracy and its standard deviation, in [0, 1]. */
export type Verification = {
  readonly accuracy: number;
  readonly standardDeviation: number;
  /** Scores of the pairs, whose distribution then goes to the log too. */
  readonly genuineScores?: Float32Array;
  readonly impostorScores?: Float32Array;
};

/** A run: data, options, its folder, and who is told what happens. */
export type TrainingRun = {
  readonly dataset: FaceDataset;
  readonly options: TrainingOptions;
  /** Folder for checkpoints, log and model; made if it is missing. */
  readonly folder: string;
  /** Go on from the newest checkpoint of the folder. */
  readonly resume?: boolean;
  /** Scores the network as it stands; called every `verifyEvery` steps and at the end. */
  readonly verify?: (embedder: ViewEmbedder) => Promise<Verification>;
  /** Aborting ends the run after the step at hand, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** Called with every row of the log, and with steps in between that are not logged. */
  readonly onRow?: (row: LogRow, progress: Progress) => void;
  /** Sentences about how the options were chosen, for the log. */
  readonly notes?: readonly string[];
  /** Called with a sentence about something that was decided, or about an option that cannot work. */
  readonly onNote?: (note: string) => void;
  /** Called with a word about what takes its time before the first step. */
  readonly onPreparation?: (activity: string) => void;
};

/** How far a run is. */
export type Progress = { readonly iterations: number; readonly secondsLeft: number };

/** What a run leaves when it ends or is interrupted. */
export type TrainingResult = {
  /** Steps done. */
  readonly iteration: number;
  readonly isFinished: boolean;
  /** Path of the exported network; undefined when the run was interrupted. */
  readonly model: string | undefined;
  readonly rows: readonly LogRow[];
  readonly brokenImages: readonly BrokenImage[];
  readonly identityCount: number;
  readonly sampleCount: number;
};

/**
 * Trains a network on a data set, or goes on with a run that was stopped.
 *
 * The folder then holds `options.json`, `log.jsonl`, TensorBoard's event files, the last two checkpoints and, when all
 * steps are done, `model.onnx`. With the same data, options, machine and number of threads, a run that was interrupted
 * or killed and resumed ends with the same bits as one that never stopped.
 *
 * @throws {DatasetError} for a data set that nothing can be learnt from, {OptionError} for options out of range, and
 *   {DivergenceError} when the loss is no number, and {TrainingError} when the first one cannot be right, or the folder
 *   holds another run.
 */
export async function train(run: TrainingRun): Promise<TrainingResult> {
  const { dataset, folder, signal, onRow = () => {}, onNote = () => {}, onPreparation = () => {} } = run;
  requireTrainable(dataset);
  const options = settleOptions(run.options, dataset.sampleCount);
  const step = describeStep(options, dataset.identityCount);
  const { network, loss } = step;
  const schedule = createSchedule(options);
  const size = { identities: dataset.identityCount, dimension: network.embeddingSize };
  const notes = [...(run.notes ?? []), ...lossNotes(options.loss, size)];
  for (const note of notes) onNote(note);
  await mkdir(folder, { recursive: true });

  const checkpoint = await loadCheckpoint(folder);
  const mark = fingerprint(options, dataset);
  if (checkpoint !== undefined && !run.resume) {
    throw new TrainingError("train: this folder holds a run: resume it, or choose another folder");
  }
  if (checkpoint !== undefined && checkpoint.fingerprint !== mark) {
    throw new TrainingError(
      "train: the checkpoint was made with other options or data: give the same, or choose another folder",
    );
  }

  if (checkpoint !== undefined && checkpoint.iteration > options.iterations) {
    throw new TrainingError(
      `train: got ${options.iterations} steps, expected at least the ${checkpoint.iteration} already done`,
    );
  }
  if (checkpoint !== undefined && checkpoint.iterations !== options.iterations) {
    onNote(
      `this run was planned for ${checkpoint.iterations} steps; from step ${checkpoint.iteration} on, its schedule is that of ${options.iterations}`,
    );
  }

  const { create } = options.sampleCenters === undefined ? StepProgram : SampledStepProgram;
  const program: TrainingProgram = await create(step, options.seed, {
    threads: options.threads,
    device: options.device,
    measure: options.measureLowerings,
    ...(checkpoint === undefined ? {} : { choices: checkpoint.choices }),
    onMeasure: (what) => onPreparation(`measuring ${what}`),
  });
  if (checkpoint !== undefined) program.restore(checkpoint.state);
  else if (options.initializeFrom !== undefined) await initialize(program, network, options.initializeFrom);
  let iteration = checkpoint?.iteration ?? 0;
  const log = openRunLog(folder, checkpoint?.iteration);
  const [height, width] = network.inputSize;
  const source = { ...options, height, width, startIteration: iteration, prefetch: MOST_STEPS };
  const batches = trainingBatches(dataset, source);
  const report = (row: LogRow, secondsLeft = 0) => {
    log.write(row);
    onRow(row, { iterations: options.iterations, secondsLeft });
  };
  await writeAtomically(join(folder, "options.json"), [`${JSON.stringify(options, null, 2)}\n`]);
  report({ kind: "start", iteration, time: new Date().toISOString(), options, notes });

  const scalarsAt = (iteration: number): StepScalars => ({
    learningRate: schedule(iteration),
    margin: loss.margin * Math.min(1, options.marginWarmUp === 0 ? 1 : iteration / options.marginWarmUp),
    lambda: options.loss.lambda ?? annealedLambda(iteration),
    stepNumber: iteration + 1,
  });
  const pace = new Pace();
  const meter = new Meter(log.rows, options.batchSize);
  const save = () =>
    saveCheckpoint(folder, {
      iteration,
      iterations: options.iterations,
      state: program.state,
      choices: program.choices,
      fingerprint: mark,
    });
  const verify = async () => {
    if (run.verify === undefined) return;
    const embedder = await networkEmbedder(network, program.state, options);
    try {
      const { accuracy, standardDeviation, genuineScores, impostorScores } = await run.verify(embedder);
      report({ kind: "verify", iteration, accuracy, standardDeviation, seconds: meter.seconds });
      if (genuineScores !== undefined && impostorScores !== undefined) {
        report(scoresRow(iteration, genuineScores, impostorScores));
      }
    } finally {
      await embedder.close();
    }
    meter.restart();
  };

  try {
    while (iteration < options.iterations && !signal?.aborted) {
      const steps: Step[] = [];
      const count = Math.min(pace.stepsPerCall, stepsToNextStop(iteration, options));
      for (let next = iteration; next < iteration + count; next++) {
        const { value: batch } = await batches.next();
        if (batch === undefined) throw new TrainingError("internal: the data set ended");
        steps.push({ batch, scalars: scalarsAt(next) });
      }
      const results = await pace.time(count, () => program.run(steps));
      for (const [i, result] of results.entries()) {
        const { learningRate, margin } = steps[i]!.scalars;
        if (!Number.isFinite(result.loss)) throw divergence(iteration, learningRate, result.loss, program);
        if (iteration === 0 && options.initializeFrom === undefined) {
          const { identityCount } = program;
          const { embeddingSize } = network;
          requirePlausibleFirstLoss({ loss, value: result.loss, margin, identityCount, embeddingSize });
        }
        iteration++;
        meter.add(result);
      }
      if (iteration % options.logEvery === 0 || iteration === options.iterations) {
        const { learningRate, margin } = steps.at(-1)!.scalars;
        const epoch = Math.floor(((iteration - 1) * options.batchSize) / dataset.sampleCount);
        const row: TrainingRow = { kind: "train", iteration, epoch, ...meter.take(), learningRate, margin };
        report(row, ((options.iterations - iteration) * options.batchSize) / row.imagesPerSecond);
      }
      if (iteration % options.checkpointEvery === 0 || iteration === options.iterations) {
        const { data, shape } = program.state[CENTERS]!;
        const row = geometryRow(iteration, data as Float32Array, shape);
        if (row !== undefined) report(row);
      }
      if (iteration % options.checkpointEvery === 0) await save();
      if (
        options.verifyEvery !== undefined &&
        iteration % options.verifyEvery === 0 &&
        iteration < options.iterations
      ) {
        await verify();
      }
    }
    const isFinished = iteration === options.iterations;
    await save();
    const model = join(folder, "model.onnx");
    if (isFinished) {
      await verify();
      await writeAtomically(model, [exportModel(network, program.state, PAPER_NORMALIZATION, trainingNotes(options))]);
    }
    return {
      iteration,
      isFinished,
      model: isFinished ? model : undefined,
      rows: log.rows,
      brokenImages: batches.brokenImages(),
      identityCount: dataset.identityCount,
      sampleCount: dataset.sampleCount,
    };
  } finally {
    await batches.return();
    log.close();
    await program.close();
  }
}

/** Steps until something is due that needs the state or the log: a line, a checkpoint, a verification, the end. */
function stepsToNextStop(iteration: number, options: SettledOptions): number {
  const { iterations, logEvery, checkpointEvery, verifyEvery = iterations } = options;
  const toMultiple = (every: number) => every - (iteration % every);
  // The first loss is looked at before a second step is made.
  if (iteration === 0) return 1;
  return Math.min(iterations - iteration, ...[logEvery, checkpointEvery, verifyEvery].map(toMultiple));
}

/** Takes the network and the class centers of another run; the optimizer begins anew. */
async function initialize(program: TrainingProgram, network: Network, folder: string): Promise<void> {
  const source = await loadCheckpoint(folder);
  if (source === undefined) throw new TrainingError("train: got a folder without a checkpoint to initialize from");
  const { scope } = buildNetwork(network, "batch");
  const names = [...scope.parameters, ...scope.statistics].map(({ name }) => name);
  const taken = [...names, CENTERS].flatMap((name) => (source.state[name] ? [[name, source.state[name]]] : []));
  program.restore({ ...program.state, ...Object.fromEntries(taken) });
}

function describeStep(options: SettledOptions, identityCount: number): StepDescription {
  const { inputSize, embeddingSize, batchSize, sampleCenters } = options;
  const network = configureNetwork(findNetwork(options.network), {
    ...(inputSize === undefined ? {} : { inputSize }),
    ...(embeddingSize === undefined ? {} : { embeddingSize }),
  });
  const loss: FaceLoss = createLoss(options.loss);
  return {
    network,
    loss,
    optimizer: createOptimizer(options),
    batchSize,
    identityCount,
    normalization: PAPER_NORMALIZATION,
    ...(sampleCenters === undefined ? {} : { sampleCenters }),
  };
}

/**
 * Digest of what a resumed run must have in common with its first sitting. It may have another pace of checkpoints and log
 * lines, and other numbers of steps: a longer run goes on by the longer run's schedule.
 */
function fingerprint(options: SettledOptions, dataset: FaceDataset): string {
  const { iterations, checkpointEvery, logEvery, verifyEvery, device, measureLowerings, ...computed } = options;
  const { identityCount, sampleCount, labels } = dataset;
  const text = JSON.stringify([computed, identityCount, sampleCount]);
  return createHash("sha256").update(text).update(new Uint8Array(labels.buffer)).digest("hex");
}

function trainingNotes({ network, loss, iterations, batchSize }: SettledOptions): Record<string, string> {
  return {
    "cosface.network": network,
    "cosface.loss": JSON.stringify(loss),
    "cosface.training": `${iterations} iterations of ${batchSize} images`,
  };
}

/** Why a loss is no number: where it happened, and the first tensor of the state that holds something else than numbers. */
function divergence(iteration: number, learningRate: number, loss: number, program: TrainingProgram): DivergenceError {
  const broken = Object.entries(program.state).find(([, { data }]) => !(data as Float32Array).every(Number.isFinite));
  const where = broken === undefined ? "no parameter is broken yet" : `first broken tensor: ${broken[0]}`;
  return new DivergenceError(
    `training diverged at iteration ${iteration + 1}: loss ${loss}, learning rate ${learningRate.toPrecision(3)}, ${where}: ` +
      "lower the learning rate, or add --warm-up and --margin-warm-up; the last checkpoint is intact",
  );
}
