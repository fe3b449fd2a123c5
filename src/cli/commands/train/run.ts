import { lfwImages, openDataset, readLfwPairs, summarize, type VerificationSet } from "../../../base/data/index.ts";
import { verifySet } from "../../../faces/embedder/index.ts";
import { findModel } from "../../../faces/models/index.ts";
import type { VerificationResult } from "../../../measure/eval/index.ts";
import type { BrokenImage } from "../../../training/batches/index.ts";
import { openForeign } from "../../../training/foreign/index.ts";
import { findNetwork } from "../../../training/nn/index.ts";
import {
  type LogRow,
  type Progress,
  readableVerification,
  resolveFineTuning,
  runGeometry,
  type TrainingOptions,
  train,
} from "../../../training/train/index.ts";
import { trainingDefaults } from "../../../training/train/names.ts";
import { INTERRUPTED, POSITIVE } from "../../exit-codes.ts";
import { given } from "../../given.ts";
import { interruption } from "../../interruption.ts";
import {
  clearProgress,
  formatDuration,
  formatPercent,
  note,
  notePassedOver,
  print,
  printJson,
  progress,
} from "../../output.ts";
import { contractOverrides } from "../../recognition.ts";
import { augmentations } from "./augmentations.ts";
import { changeOf, factsOfChange } from "./change.ts";
import type { Flags } from "./options.ts";
import { resolveLoss } from "./resolve-loss.ts";
import { writeRunCard } from "./run-card.ts";
import { writeRunReport } from "./run-report.ts";

export async function run(flags: Flags): Promise<number> {
  const { data, out, resume = false, json = false } = flags;
  const dataset = await openDataset(data);
  notePassedOver(dataset.passedOver ?? []);
  const { identityCount, sampleCount, fewestPerIdentity, mostPerIdentity } = summarize(dataset);
  note(`${identityCount} identities, ${sampleCount} images, ${fewestPerIdentity} to ${mostPerIdentity} each`);
  const verification = await openVerification(flags);
  const results: VerificationResult[] = [];
  const measured: BrokenImage[] = [];
  const { loss, notes } = resolveLoss(flags, { identities: identityCount, dimension: await embeddingSizeOf(flags) });
  const options = { ...trainingOptions(flags), loss };
  const abort = interruption("stopping after this step, with a checkpoint");
  const started = performance.now();
  const result = await train({
    dataset,
    options,
    folder: out,
    resume,
    signal: abort.signal,
    onRow: showRow,
    notes,
    onNote: note,
    onPreparation: progress,
    ...(verification === undefined
      ? {}
      : {
          verify: async (embedder) => {
            const result = await verifySet(embedder, verification);
            results.push(result);
            return result;
          },
        }),
  });
  clearProgress();
  if (result.isFinished) {
    // A run without class centers, in one dimension, or with centers that are not finite has no such row at its end.
    const hasAngles = result.rows.some((row) => row.kind === "geometry" && row.iteration === result.iteration);
    // Of a file that was trained on, the folder holds no network by a name.
    const geometry =
      !hasAngles || flags.from !== undefined
        ? undefined
        : await runGeometry(out, dataset, { sampleCount: REPORTED_SAMPLES, onProgress: showMeasured });
    clearProgress();
    await writeRunReport({ data, out, options }, result, results.at(-1), geometry);
    for (const { label, value } of factsOfChange(result.rows)) note(`${label}: ${value}`);
    await writeRunCard({ data, out, options, from: flags.from }, result, results.at(-1));
    for (const text of geometry?.notes ?? []) note(text);
    measured.push(...(geometry?.brokenImages ?? []));
  }
  await dataset.close();
  const broken = [...new Map([...result.brokenImages, ...measured].map((image) => [image.index, image])).values()];
  for (const { source, reason } of broken) note(`skipped ${source}: ${reason}`);
  if (broken.length > 0) note(`${broken.length} broken images were skipped`);
  const seconds = (performance.now() - started) / 1000;
  if (json) {
    const { rows, brokenImages, network, ...rest } = result;
    const last = rows.findLast((row) => row.kind === "train");
    printJson({
      ...rest,
      ...changeOf(rows),
      brokenImageCount: broken.length,
      seconds,
      loss: last?.loss,
      trainingAccuracy: last?.accuracy,
    });
  } else if (result.isFinished) {
    print(`${result.model} after ${result.iteration} steps in ${formatDuration(seconds)}`);
  } else {
    print(`stopped after ${result.iteration} steps; the same command with --resume continues`);
  }
  return result.isFinished ? POSITIVE : INTERRUPTED;
}

/** The embedding size of the network: the loss is chosen by it, before the run opens the network. */
async function embeddingSizeOf(flags: Flags): Promise<number> {
  const { from, network = trainingDefaults.network, embeddingSize } = flags;
  if (from === undefined) return embeddingSize ?? findNetwork(network).embeddingSize;
  const { contract } = await openForeign(findModel(from), { ...resolveFineTuning(), ...contractOverrides(flags) });
  return contract.embeddingSize;
}

/** How the network of `--from` is trained. */
function fineTuningOf(flags: Flags): Pick<TrainingOptions, "from" | "fineTuning"> {
  const { from, freeze, encoderRate, layerDecay, batchNorm, holdOut, guard, tolerance } = flags;
  if (from === undefined) return {};
  const own = given({ freeze, encoderRate, layerDecay, batchNorm, holdOut, guard, tolerance });
  return { from: findModel(from), fineTuning: { ...own, ...contractOverrides(flags) } };
}

function trainingOptions(flags: Flags): Omit<TrainingOptions, "loss"> {
  const { network, embeddingSize, optimizer, momentum, weightDecay, learningRate, schedule, milestones } = flags;
  const { warmUp, marginWarmUp, identitiesPerBatch, sampleCenters, epochs, iterations, initializeFrom } = flags;
  const { seed, threads, device, checkpointEvery, logEvery, verifyEvery } = flags;
  return given({
    ...fineTuningOf(flags),
    network,
    embeddingSize,
    optimizer,
    momentum,
    weightDecay,
    learningRate,
    schedule,
    milestones,
    warmUp,
    marginWarmUp,
    identitiesPerBatch,
    sampleCenters,
    epochs,
    iterations,
    initializeFrom,
    seed,
    threads,
    device,
    checkpointEvery,
    logEvery,
    verifyEvery,
    augmentation: augmentations[flags.augment],
    measureLowerings: flags.measure,
    batchSize: flags.batch,
    inputSize: flags.input,
  });
}

/** The set to verify on during training, if one is named: the options allow both paths or neither. */
async function openVerification({ verifyImages, verifyPairs }: Flags): Promise<VerificationSet | undefined> {
  if (verifyImages === undefined || verifyPairs === undefined) return undefined;
  progress("reading the images to verify on");
  const checked = await readableVerification(await lfwImages(verifyImages, await readLfwPairs(verifyPairs)));
  clearProgress();
  for (const { reason } of checked.unreadable) note(`skipped ${reason}`);
  if (checked.leftOutPairCount > 0) {
    const count = checked.set.pairs.length;
    note(`the verification leaves out ${checked.leftOutPairCount} pairs of these images, and scores ${count}`);
  }
  return checked.set;
}

/** Training images whose angles to the class centers the report shows. */
const REPORTED_SAMPLES = 500;

function showMeasured(done: number, total: number): void {
  progress(`measuring angles: ${done} of ${total} images`);
}

function showRow(row: LogRow, { iterations, secondsLeft }: Progress): void {
  if (row.kind === "verify") {
    const changed =
      row.changedAccuracy === undefined
        ? ""
        : `, ${formatPercent(row.changedAccuracy)} on images changed as in training`;
    note(
      `verification: accuracy ${formatPercent(row.accuracy)} ± ${formatPercent(row.standardDeviation)}${changed} after ${row.iteration} steps`,
    );
  }
  if (row.kind !== "train") return;
  const text = [
    `step ${row.iteration}/${iterations}`,
    `loss ${row.loss.toFixed(3)}`,
    ...(row.accuracy === undefined ? [] : [`accuracy ${formatPercent(row.accuracy, 1)}`]),
    `${row.imagesPerSecond.toFixed(0)} images/s`,
    `learning rate ${row.learningRate.toPrecision(3)}`,
    `${formatDuration(secondsLeft)} left`,
  ].join("  ");
  if (process.stderr.isTTY) progress(text);
  else note(text);
}
