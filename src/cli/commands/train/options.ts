import {
  batchNormModes,
  fineTuningDefaults,
  guardModes,
  optimizerNames,
  scheduleNames,
  trainingDefaults,
} from "../../../training/train/names.ts";
import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { contractOptions, imageLimitOptions, jsonOption, sessionOptions } from "../../options/shared.ts";
import {
  parseBetween,
  parseCount,
  parseNames,
  parseNumber,
  parseNumbers,
  parsePositive,
  parsePositiveCount,
  parseSize,
} from "../../parse.ts";
import { augmentationNames } from "./augmentations.ts";
import { lossesWithMargin, lossOptions } from "./loss-options.ts";

const { weightDecay } = trainingDefaults;

/** The preprocessing of a file, which has no meaning for a network that is trained from its start. */
function foreignContractOptions() {
  const needs = { needs: { from: true } } as const;
  const { flip, mean, std, channels, template, output } = contractOptions;
  return defineOptions({
    flip: { ...flip, ...needs },
    mean: { ...mean, ...needs },
    std: { ...std, ...needs },
    channels: { ...channels, ...needs },
    template: { ...template, ...needs },
    output: { ...output, ...needs, help: "which tensor is the embedding; models describe lists them" },
  });
}

export const options = defineOptions({
  data: { value: "path", required: true, help: "folder with one subfolder for each identity, or train.rec" },
  out: { value: "folder", required: true, help: "folder for the run: checkpoints, log and model.onnx" },
  network: {
    value: "name",
    otherwise: trainingDefaults.network,
    help: "network; cosface networks lists them",
  },
  from: {
    value: "model",
    conflicts: ["network", "input", "embeddingSize", "initializeFrom"],
    help: "train the network of an ONNX file on: any embedder's, or default; the result is that file with other weights",
  },
  freeze: {
    value: "names",
    needs: { from: true },
    parse: parseNames,
    help: "what keeps its weights: head, stage1 …, or names of tensors such as conv1*; separated by commas",
  },
  encoderRate: {
    value: "share",
    needs: { from: true },
    parse: parseBetween(0, 1),
    otherwise: `${fineTuningDefaults.encoderRate}`,
    help: "learning rate of the network as a share of the class centers'",
  },
  layerDecay: {
    value: "factor",
    needs: { from: true },
    parse: parseBetween(0, 1),
    otherwise: `${fineTuningDefaults.layerDecay}`,
    help: "factor of the learning rate from a layer to the one before it",
  },
  batchNorm: {
    value: "mode",
    needs: { from: true },
    choices: batchNormModes,
    otherwise: fineTuningDefaults.batchNorm,
    help: "running means and variances: keep them, or let them follow the new images",
  },
  holdOut: {
    value: "share",
    needs: { from: true },
    parse: parseBetween(0, 0.9),
    otherwise: `${fineTuningDefaults.holdOut}`,
    help: "share of the people that are not trained on, to measure what is forgotten, without --verify-pairs",
  },
  guard: {
    value: "mode",
    needs: { from: true },
    choices: guardModes,
    otherwise: fineTuningDefaults.guard,
    help: "when the accuracy of before falls: go back and lower the rate, stop, or off",
  },
  tolerance: {
    value: "share",
    needs: { from: true },
    parse: parseBetween(0, 1),
    otherwise: `${fineTuningDefaults.tolerance}`,
    help: "how far that accuracy may fall",
  },
  ...foreignContractOptions(),
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
    otherwise: trainingDefaults.schedule,
    help: `learning-rate schedule; step divides by 10 at the milestones; with --from ${fineTuningDefaults.schedule}`,
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
  optimizer: {
    value: "name",
    choices: optimizerNames,
    otherwise: trainingDefaults.optimizer,
    help: `optimizer; with --from ${fineTuningDefaults.optimizer}`,
  },
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
    needsOne: ["verifyImages", "from"],
    otherwise: "only at the end; with --from, a quarter of all",
    help: "steps between verifications",
  },
  measure: { isOn: true, help: "choose lowerings of gradients by a fixed rule instead of measuring them" },
  resume: { help: "continue from the newest checkpoint of --out" },
  json: jsonOption("print JSON: a summary at the end"),
});

export type Flags = FlagsOf<typeof options>;
