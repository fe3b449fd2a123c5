import { Command, Option } from "commander";
import { OptionError } from "../core/index.ts";
import {
  type Augmentation,
  lfwImages,
  openDataset,
  readLfwPairs,
  summarize,
  type VerificationSet,
} from "../data/index.ts";
import { verifySet } from "../embedder/index.ts";
import type { VerificationResult } from "../eval/index.ts";
import { lossNames } from "../losses/index.ts";
import { findNetwork } from "../nn/index.ts";
import { devices } from "../runtime/index.ts";
import {
  type LogRow,
  optimizerNames,
  type Progress,
  runGeometry,
  scheduleNames,
  type TrainingOptions,
  train,
} from "../train/index.ts";
import { parseInteger, parseNumber, parseNumberOrAuto, parseNumbers, parseScale, parseSize } from "./arguments.ts";
import { interruption } from "./interruption.ts";
import { type LossFlags, settleLoss } from "./loss-options.ts";
import { clearProgress, formatDuration, formatPercent, note, print, printJson, progress } from "./output.ts";
import { writeRunReport } from "./run-report.ts";

type Flags = {
  data: string;
  out: string;
  resume?: boolean;
  json?: boolean;
  batch?: number;
  augment: keyof typeof augmentations;
  input?: [number, number];
  measure: boolean;
  verifyImages?: string;
  verifyPairs?: string;
} & LossFlags &
  Omit<TrainingOptions, "loss" | "batchSize" | "augmentation" | "inputSize" | "measureLowerings">;

/** Named sets of augmentation. */
const augmentations = {
  none: { flip: 0 },
  flip: {},
  strong: {
    geometry: { shift: 0.04, zoom: 0.08, rotationDegrees: 5 },
    color: { brightness: 0.25, contrast: 0.25, saturation: 0.25 },
    grayscale: 0.05,
    blur: { probability: 0.1 },
    erase: { probability: 0.2 },
  },
} as const satisfies Record<string, Augmentation>;

export function trainCommand(): Command {
  return new Command("train")
    .requiredOption("--data <path>", "folder with one subfolder an identity, or train.rec")
    .requiredOption("--out <folder>", "folder for the run: checkpoints, log and model.onnx")
    .option("--network <name>", "see `cosface networks`; default sphere20")
    .option("--input <height>x<width>", "input size; default the network's", parseSize)
    .option("--embedding-size <n>", "numbers in an embedding; default the network's", parseInteger)
    .addOption(new Option("--loss <name>", "loss").choices(lossNames).default("cosface"))
    .option("--margin <m>", "cosface: 0.35; arcface: radians, 0.5; asoftmax, lsoftmax: 4; or auto", parseNumberOrAuto)
    .option("--m1 <m>", "combined: multiplier of the angle; default 1", parseNumber)
    .option("--m2 <m>", "combined: added to the angle, in radians; default 0.3", parseNumber)
    .option("--m3 <m>", "combined: subtracted from the cosine; default 0.2", parseNumber)
    .option("--scale <s>", "scale of the logits; default 64; auto; norm: embeddings keep their norm", parseScale)
    .option("--lambda <l>", "asoftmax, lsoftmax: fixed λ instead of annealing", parseNumber)
    .option("--weight <w>", "contrastive: 1; center: 0.003: weight of what is added to softmax", parseNumber)
    .option("--batch <n>", "images a step; default 512", parseInteger)
    .option("--identities-per-batch <n>", "each with as many images, for losses that compare them", parseInteger)
    .option("--sample-centers <share>", "of the class centers a step: PartialFC, for very many identities", parseNumber)
    .option("--epochs <n>", "passes over the data; default 30", parseNumber)
    .option("--iterations <n>", "steps, instead of epochs", parseInteger)
    .option("--learning-rate <x>", "highest learning rate; default 0.1", parseNumber)
    .addOption(new Option("--schedule <name>", "default step: ÷10 at the milestones").choices(scheduleNames))
    .option("--milestones <shares>", "of all steps, as in 0.6,0.85; default the paper's", parseNumbers)
    .option("--warm-up <n>", "steps in which the learning rate rises from 0", parseInteger)
    .option("--margin-warm-up <n>", "steps in which the margin rises from 0", parseInteger)
    .addOption(new Option("--optimizer <name>", "default sgd").choices(optimizerNames))
    .option("--momentum <x>", "default 0.9", parseNumber)
    .option("--weight-decay <x>", "default 5e-4", parseNumber)
    .addOption(
      new Option("--augment <set>", "random changes of images").choices(Object.keys(augmentations)).default("flip"),
    )
    .option("--initialize-from <folder>", "run whose network and class centers training starts from")
    .option("--seed <n>", "of initial values, order and augmentation; default 0", parseInteger)
    .option("--threads <n>", "default: all cores", parseInteger)
    .addOption(new Option("--device <name>", "default cpu").choices(devices))
    .option("--checkpoint-every <n>", "steps between checkpoints; default a twentieth of all", parseInteger)
    .option("--log-every <n>", "steps between lines of the log; default 20", parseInteger)
    .option("--verify-images <folder>", "aligned LFW-style images to verify on")
    .option("--verify-pairs <file>", "LFW-style list of pairs to verify on")
    .option("--verify-every <n>", "steps between verifications; default: at the end alone", parseInteger)
    .option("--no-measure", "fixed lowerings of gradients, nothing measured")
    .option("--resume", "go on from the newest checkpoint of --out")
    .option("--json", "print JSON: a summary at the end")
    .addHelpText(
      "after",
      `
Examples:
  cosface train --data faces/ --network sphere4 --scale 30 --batch 128 --epochs 8 --warm-up 100 --out runs/first
  cosface train --data train.rec --network iresnet18 --scale auto --epochs 20 --out runs/r18
  cosface train … --out runs/first --resume      (after Ctrl-C, or a crash)`,
    )
    .action(runTrain);
}

async function runTrain(flags: Flags): Promise<void> {
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
    `accuracy ${formatPercent(row.accuracy, 1)}`,
    `${row.imagesPerSecond.toFixed(0)} images/s`,
    `learning rate ${row.learningRate.toPrecision(3)}`,
    `${formatDuration(secondsLeft)} left`,
  ].join("  ");
  if (process.stderr.isTTY) progress(text);
  else note(text);
}
