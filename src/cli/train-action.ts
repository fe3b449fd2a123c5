import { OptionError } from "../base/core/index.ts";
import { lfwImages, openDataset, readLfwPairs, summarize, type VerificationSet } from "../base/data/index.ts";
import { verifySet } from "../faces/embedder/index.ts";
import type { VerificationResult } from "../measure/eval/index.ts";
import { findNetwork } from "../training/nn/index.ts";
import { type LogRow, type Progress, runGeometry, type TrainingOptions, train } from "../training/train/index.ts";
import { interruption } from "./interruption.ts";
import { settleLoss } from "./loss-options.ts";
import { clearProgress, formatDuration, formatPercent, note, print, printJson, progress } from "./output.ts";
import { writeRunReport } from "./run-report.ts";
import { augmentations, type Flags } from "./train.ts";

export async function runTrain(flags: Flags): Promise<void> {
  const { data, out, resume = false, json = false, verifyImages, verifyPairs } = flags;
  const dataset = await openDataset(data);
  const { identityCount, sampleCount, fewestPerIdentity, mostPerIdentity } = summarize(dataset);
  note(`${identityCount} identities, ${sampleCount} images, ${fewestPerIdentity} to ${mostPerIdentity} each`);
  const verification = await openVerification(verifyImages, verifyPairs);
  const results: VerificationResult[] = [];
  const embeddingSize = flags.embeddingSize ?? findNetwork(flags.network ?? "sphere20").embeddingSize;
  const { loss, notes } = settleLoss(flags, { identities: identityCount, dimension: embeddingSize });
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
    // One dimension has no angles.
    const geometry =
      embeddingSize < 2
        ? undefined
        : await runGeometry(out, dataset, { sampleCount: REPORTED_SAMPLES, onProgress: showMeasured });
    clearProgress();
    await writeRunReport({ data, out, options }, result, results.at(-1), geometry);
  }
  await dataset.close();
  for (const { source, reason } of result.brokenImages) note(`skipped ${source}: ${reason}`);
  if (result.brokenImages.length > 0) note(`${result.brokenImages.length} broken images were skipped`);
  const seconds = (performance.now() - started) / 1000;
  if (json) {
    const { rows, brokenImages, ...rest } = result;
    const last = rows.findLast((row) => row.kind === "train");
    printJson({
      ...rest,
      brokenImageCount: brokenImages.length,
      seconds,
      loss: last?.loss,
      trainingAccuracy: last?.accuracy,
    });
  } else if (result.isFinished) {
    print(`${result.model} after ${result.iteration} steps in ${formatDuration(seconds)}`);
  } else {
    print(`stopped after ${result.iteration} steps; the same command with --resume goes on`);
  }
  if (!result.isFinished) process.exitCode = 130;
}

function trainingOptions(flags: Flags): Omit<TrainingOptions, "loss"> {
  const {
    data,
    out,
    resume,
    json,
    verifyImages,
    verifyPairs,
    loss,
    margin,
    scale,
    m1,
    m2,
    m3,
    lambda,
    weight,
    batch,
    augment,
    input,
    measure,
    ...rest
  } = flags;
  return {
    ...rest,
    augmentation: augmentations[augment],
    measureLowerings: measure,
    ...(batch === undefined ? {} : { batchSize: batch }),
    ...(input === undefined ? {} : { inputSize: input }),
  };
}

/** The set to verify on during training, when one is named. */
async function openVerification(
  images: string | undefined,
  pairs: string | undefined,
): Promise<VerificationSet | undefined> {
  if (images === undefined && pairs === undefined) return undefined;
  if (images === undefined || pairs === undefined) {
    throw new OptionError("train: got one of --verify-images and --verify-pairs, expected both or neither");
  }
  const set = await lfwImages(images, await readLfwPairs(pairs));
  return set;
}

/** Training images whose angles to the class centers the report shows. */
const REPORTED_SAMPLES = 500;

function showMeasured(done: number, total: number): void {
  progress(`measuring angles: ${done} of ${total} images`);
}

function showRow(row: LogRow, { iterations, secondsLeft }: Progress): void {
  if (row.kind === "verify") {
    note(
      `verification: accuracy ${formatPercent(row.accuracy)} ± ${formatPercent(row.standardDeviation)} after ${row.iteration} steps`,
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
