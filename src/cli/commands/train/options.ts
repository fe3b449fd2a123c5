import { optimizerNames, scheduleNames, trainingDefaults } from "../../../training/train/names.ts";
import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { imageLimitOptions, jsonOption, sessionOptions } from "../../options/shared.ts";
import {
  parseBetween,
  parseCount,
  parseNumber,
  parseNumbers,
  parsePositive,
  parsePositiveCount,
  parseSize,
} from "../../parse.ts";
import { augmentationNames } from "./augmentations.ts";
import { lossesWithMargin, lossOptions } from "./loss-options.ts";

const { weightDecay } = trainingDefaults;

export const options = defineOptions({
  data: { value: "path", required: true, help: "folder with one subfolder for each identity, or train.rec" },
  out: { value: "folder", required: true, help: "folder for the run: checkpoints, log and model.onnx" },
  network: {
    value: "name",
    otherwise: trainingDefaults.network,
    help: "network; cosface networks lists them",
  },
  input: { value: "height>x<width", parse: parseSize, otherwise: "the network's", help: "size of the input" },
  embeddingSize: { value: "n", parse: parsePositiveCount, otherwise: "the network's", help: "numbers in an embedding" },
  ...lossOptions,
  batch: {
    value: "n",
    parse: parsePositiveCount,
    otherwise: `${trainingDefaults.batchSize}`,
    help: "images in a step",
  },
  identitiesPerBatch: {
    value: "n",
    parse: parsePositiveCount,
    help: "P×K sampling: identities in a batch, for losses that compare samples; must divide --batch",
  },
  sampleCenters: {
    value: "share",
    parse: parseBetween(0, 1),
    help: "share of the class centers in a step (PartialFC), for very many identities",
  },
  epochs: { value: "n", parse: parsePositive, otherwise: `${trainingDefaults.epochs}`, help: "passes over the data" },
  iterations: { value: "n", parse: parsePositiveCount, conflicts: ["epochs"], help: "steps, instead of epochs" },
  learningRate: {
    value: "x",
    parse: parsePositive,
    otherwise: `${trainingDefaults.learningRate}`,
    help: "highest learning rate",
  },
  schedule: {
    value: "name",
    choices: scheduleNames,
    default: trainingDefaults.schedule,
    help: "learning-rate schedule; step divides by 10 at the milestones",
  },
  milestones: {
    value: "shares",
    needs: { schedule: ["step"] },
    parse: parseNumbers,
    otherwise: "the paper's",
    help: "shares of all steps, as in 0.6,0.85",
  },
  warmUp: { value: "n", parse: parseCount, otherwise: "0", help: "steps in which the learning rate rises from 0" },
  marginWarmUp: {
    value: "n",
    parse: parseCount,
    needs: { loss: lossesWithMargin },
    isNeedInHelp: true,
    otherwise: "0",
    help: `steps in which the margin of ${lossesWithMargin.join(", ")} rises from 0`,
  },
  optimizer: { value: "name", choices: optimizerNames, default: trainingDefaults.optimizer, help: "optimizer" },
  momentum: {
    value: "x",
    parse: parseBetween(0, 1),
    needs: { optimizer: ["sgd"] },
    otherwise: `${trainingDefaults.momentum}`,
    help: "momentum",
  },
  weightDecay: {
    value: "x",
    parse: parseNumber,
    otherwise: `sgd: ${weightDecay.sgd}; adamw: ${weightDecay.adamw}`,
    help: "weight decay",
  },
  augment: { value: "set", choices: augmentationNames, default: "flip", help: "random changes of images" },
  initializeFrom: { value: "folder", help: "run whose network and class centers training starts from" },
  seed: {
    value: "n",
    parse: parseCount,
    otherwise: `${trainingDefaults.seed}`,
    help: "seed of initial values, order and augmentation",
  },
  ...sessionOptions,
  ...imageLimitOptions,
  checkpointEvery: {
    value: "n",
    parse: parsePositiveCount,
    otherwise: "a twentieth of all, at most 500",
    help: "steps between checkpoints",
  },
  logEvery: {
    value: "n",
    parse: parsePositiveCount,
    otherwise: `${trainingDefaults.logEvery}`,
    help: "steps between lines of the log",
  },
  verifyImages: { value: "folder", needs: { verifyPairs: true }, help: "aligned LFW-style images to verify on" },
  verifyPairs: { value: "file", needs: { verifyImages: true }, help: "LFW-style list of pairs to verify on" },
  verifyEvery: {
    value: "n",
    parse: parsePositiveCount,
    needs: { verifyImages: true },
    otherwise: "only at the end",
    help: "steps between verifications",
  },
  measure: { isOn: true, help: "choose lowerings of gradients by a fixed rule instead of measuring them" },
  resume: { help: "continue from the newest checkpoint of --out" },
  json: jsonOption("print JSON: a summary at the end"),
});

export type Flags = FlagsOf<typeof options>;
