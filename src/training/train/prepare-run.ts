/** The preparation of a run: options, checkpoint, compiled program, batches and log, before the first step. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { OptionError, TrainingError } from "../../base/core/index.ts";
import { type FaceDataset, requireTrainable } from "../../base/data/index.ts";
import { writeAtomically } from "../../base/files/index.ts";
import { type EmbedderContract, verifySet } from "../../faces/embedder/index.ts";
import { type TrainingBatches, trainingBatches } from "../batches/index.ts";
import { type ForeignNetwork, openForeign } from "../foreign/index.ts";
import { CENTERS } from "../losses/index.ts";
import { buildNetwork, type Network } from "../nn/index.ts";
import type { Schedule } from "../optim/index.ts";
import { type Checkpoint, loadCheckpoint } from "./checkpoint.ts";
import { setClassMeans } from "./class-means.ts";
import { createProgram, describeStep } from "./describe-step.ts";
import { networkContract } from "./export-model.ts";
import { differingPart, fingerprint } from "./fingerprint.ts";
import { holdOut } from "./held-out.ts";
import { networkEmbedder } from "./network-embedder.ts";
import { createSchedule, type ResolvedOptions, resolveFineTuning, resolveOptions } from "./options.ts";
import type { TrainingProgram } from "./programs/program.ts";
import type { StepDescription } from "./programs/training-step.ts";
import { type LogRow, openRunLog, type RunLog } from "./run-log.ts";
import { MOST_STEPS } from "./steps-per-call.ts";
import type { TrainingRun } from "./training-run.ts";

/** A run that is ready for its next step. */
export type PreparedRun = Pick<TrainingRun, "folder" | "signal" | "verify"> & {
  /** Without the people that are held out. */
  readonly dataset: FaceDataset;
  /** How the network's images are made. */
  readonly contract: EmbedderContract;
  /** The file whose network is trained on; undefined for a network of this project or of the caller. */
  readonly foreign: ForeignNetwork | undefined;
  readonly options: ResolvedOptions;
  readonly step: StepDescription;
  readonly schedule: Schedule;
  readonly program: TrainingProgram;
  readonly batches: TrainingBatches;
  readonly log: RunLog;
  /** Identifies the run in its checkpoints. */
  readonly fingerprint: string;
  /** Steps done before. */
  readonly startIteration: number;
  /** Whether the network starts from random values, so that its first loss can be foretold. */
  readonly isFresh: boolean;
  /** Writes a row to the log and reports it. */
  readonly report: (row: LogRow, secondsLeft?: number) => void;
  /** Reports a sentence about something that was left out. */
  readonly note: (text: string) => void;
  readonly close: () => Promise<void>;
};

/** Prepares a run. @throws as `train`. */
export async function prepareRun(run: TrainingRun): Promise<PreparedRun> {
  const { folder, onRow = () => {}, onNote = () => {}, onPreparation = () => {} } = run;
  requireTrainable(run.dataset);
  const { dataset, verify } = watchedData(run);
  const foreign = await openFrom(run);
  const given = foreign === undefined ? run.options : { ...run.options, network: foreign.network };
  const options = resolveOptions(given, dataset.sampleCount);
  const step = describeStep(given, options, dataset.identityCount, foreign?.contract);
  const contract = foreign?.contract ?? networkContract(step.network, step.normalization);
  const size = { identities: dataset.identityCount, dimension: step.network.embeddingSize };
  const notes = [...(run.notes ?? []), ...(step.loss.notes?.(size) ?? [])];
  for (const note of notes) onNote(note);
  await mkdir(folder, { recursive: true });

  const checkpoint = await usableCheckpoint({ ...run, options: given, dataset }, options);
  if (checkpoint !== undefined && checkpoint.iterations !== options.iterations)
    onNote(changedLength(checkpoint, options));
  const program = await createProgram(step, options, {
    ...(checkpoint === undefined ? {} : { choices: checkpoint.choices }),
    onMeasure: (what) => onPreparation(`measuring ${what}`),
  });
  if (checkpoint !== undefined) program.restore(checkpoint.state);
  else if (options.initializeFrom !== undefined) await initialize(program, step.network, options.initializeFrom);
  else if (foreign !== undefined) await startCenters(program, { step, options, contract, dataset, onPreparation });

  const startIteration = checkpoint?.iteration ?? 0;
  const log = openRunLog(folder, checkpoint?.iteration);
  const [height, width] = step.network.inputSize;
  const batches = trainingBatches(dataset, { ...options, height, width, startIteration, prefetch: MOST_STEPS });
  const report = (row: LogRow, secondsLeft = 0) => {
    log.write(row);
    onRow(row, { iterations: options.iterations, secondsLeft });
  };
  await writeAtomically(join(folder, "options.json"), [`${JSON.stringify(options, null, 2)}\n`]);
  report({ kind: "start", iteration: startIteration, time: new Date().toISOString(), options, notes });
  return {
    ...run,
    ...(verify === undefined ? {} : { verify }),
    dataset,
    contract,
    foreign,
    options,
    step,
    schedule: createSchedule(options),
    program,
    batches,
    log,
    fingerprint: fingerprint(options, dataset),
    startIteration,
    isFresh: startIteration === 0 && options.initializeFrom === undefined && foreign === undefined,
    report,
    note: onNote,
    close: async () => {
      await batches.return();
      log.close();
      await program.close();
    },
  };
}

/** The file that a run goes on from. @throws {OptionError} for options of another network beside it. */
async function openFrom({ options, onNote, onPreparation }: TrainingRun): Promise<ForeignNetwork | undefined> {
  const { from, fineTuning, threads, device } = options;
  if (from === undefined) {
    if (fineTuning !== undefined) throw new OptionError("got 'fineTuning' without 'from', the file that it is about");
    return undefined;
  }
  const beside = (["network", "inputSize", "embeddingSize", "initializeFrom"] as const).find(
    (name) => options[name] !== undefined,
  );
  if (beside !== undefined) throw new OptionError(`got both 'from' and '${beside}': the network is that of the file`);
  onPreparation?.("opening the network");
  const { holdOut, guard, tolerance, ...opening } = resolveFineTuning(fineTuning);
  return openForeign(from, {
    ...opening,
    ...(threads === undefined ? {} : { threads }),
    ...(device === undefined ? {} : { device }),
    ...(onNote === undefined ? {} : { onNote }),
  });
}

/** The data to train on, and the way to measure in fine-tuning what is forgotten. */
function watchedData({ dataset, options, verify, onNote }: TrainingRun): Pick<TrainingRun, "dataset" | "verify"> {
  if (options.from === undefined || verify !== undefined) return { dataset };
  const { holdOut: share, guard } = resolveFineTuning(options.fineTuning);
  const held = holdOut(dataset, share, options.seed ?? 0);
  if (held === undefined) {
    if (guard !== "off") {
      onNote?.("too few people to hold some out: nothing watches what the network forgets; give images to verify on");
    }
    return { dataset };
  }
  const count = dataset.identityCount - held.dataset.identityCount;
  onNote?.(`${count} people are held out: pairs of their images measure what is forgotten`);
  return {
    dataset: held.dataset,
    verify: (embedder) => verifySet(embedder, held.pairs, { protocol: "held-out people" }),
  };
}

/** Gives the class centers the mean embeddings of their people. */
async function startCenters(
  program: TrainingProgram,
  {
    step,
    options,
    contract,
    dataset,
    onPreparation,
  }: Pick<PreparedRun, "step" | "options" | "contract" | "dataset"> & {
    readonly onPreparation: (activity: string) => void;
  },
): Promise<void> {
  const centers = program.state[CENTERS];
  if (centers === undefined) return;
  const data = Float32Array.from(centers.data as Float32Array);
  const embedder = await networkEmbedder(step.network, program.state, options, contract);
  try {
    await setClassMeans(data, embedder, dataset, (done, total) =>
      onPreparation(`embedding ${done} of ${total} images for the class centers`),
    );
  } finally {
    await embedder.close();
  }
  program.restore({ ...program.state, [CENTERS]: { ...centers, data } });
}

/** The checkpoint that a run continues from. @throws {TrainingError} when the folder holds one that it cannot. */
async function usableCheckpoint(run: TrainingRun, options: ResolvedOptions): Promise<Checkpoint | undefined> {
  const checkpoint = await loadCheckpoint(run.folder);
  if (checkpoint === undefined) return undefined;
  if (!run.resume) throw new TrainingError("this folder holds a run: resume it, or choose another folder");
  const difference = differingPart(checkpoint.fingerprint, run.options, options, run.dataset);
  if (difference !== undefined) {
    const reason = difference === "data" ? ": people or images were renamed, added or removed since" : "";
    throw new TrainingError(
      `the checkpoint was made with other ${difference}${reason}: give the same, or choose another folder`,
    );
  }
  if (checkpoint.iteration > options.iterations) {
    throw new TrainingError(
      `got ${options.iterations} steps, expected at least the ${checkpoint.iteration} already done`,
    );
  }
  return checkpoint;
}

function changedLength({ iterations, iteration }: Checkpoint, options: ResolvedOptions): string {
  return `this run was planned for ${iterations} steps; from step ${iteration} on, its schedule is that of ${options.iterations}`;
}

/** Takes the network and the class centers of another run; the optimizer starts anew. */
async function initialize(program: TrainingProgram, network: Network, folder: string): Promise<void> {
  const source = await loadCheckpoint(folder);
  if (source === undefined) throw new TrainingError("got a folder without a checkpoint to initialize from");
  const { scope } = buildNetwork(network, "batch");
  const names = [...scope.parameters, ...scope.statistics].map(({ name }) => name);
  const taken = [...names, CENTERS].flatMap((name) => (source.state[name] ? [[name, source.state[name]]] : []));
  program.restore({ ...program.state, ...Object.fromEntries(taken) });
}
