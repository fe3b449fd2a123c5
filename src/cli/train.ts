import { Command, Option } from "commander";
import { devices } from "../compiler/runtime/names.ts";
import type { Augmentation } from "../training/batches/index.ts";
import type { TrainingOptions } from "../training/train/index.ts";
import { optimizerNames, scheduleNames } from "../training/train/names.ts";
import { parseInteger, parseNumber, parseNumberOrAuto, parseNumbers, parseScale, parseSize } from "./arguments.ts";
import type { LossFlags } from "./loss-options.ts";
import { lossNames } from "./words.ts";

export type Flags = {
  data: string;
  out: string;
  resume?: boolean;
  json?: boolean;
  batch?: number;
  augment: keyof typeof augmentations;
  network?: string;
  input?: [number, number];
  measure: boolean;
  verifyImages?: string;
  verifyPairs?: string;
} & LossFlags &
  Omit<TrainingOptions, "network" | "loss" | "batchSize" | "augmentation" | "inputSize" | "measureLowerings">;

/** Named sets of augmentation. */
export const augmentations = {
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
    .action(async (flags: Flags) => (await import("./train-action.ts")).runTrain(flags));
}
