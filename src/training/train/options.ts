import { OptionError, requireBetween, requireInteger, requireOneOf, requirePositive } from "../../base/core/index.ts";
import type { Device } from "../../compiler/runtime/index.ts";
import type { Augmentation } from "../batches/index.ts";
import type { LossOptions } from "../losses/index.ts";
import {
  adamW,
  cosineSchedule,
  type Optimizer,
  PAPER_MILESTONES,
  polynomialSchedule,
  type Schedule,
  sgd,
  stepSchedule,
} from "../optim/index.ts";
import { optimizerNames, scheduleNames, trainingDefaults } from "./names.ts";

/** Everything that decides what a run computes, and how it is run. Defaults are the paper's small set-up. */
export type TrainingOptions = {
  /** Name of a network; default "sphere20". */
  readonly network?: string;
  /** [height, width] in pixels; default: the network's. */
  readonly inputSize?: readonly [number, number];
  /** Default: the network's. */
  readonly embeddingSize?: number;
  /** Default CosFace with m = 0.35 and s = 64. */
  readonly loss?: LossOptions;
  /** Default "sgd". */
  readonly optimizer?: (typeof optimizerNames)[number];
  /** Of SGD; default 0.9. */
  readonly momentum?: number;
  /** Default 5e-4 for SGD, 0.05 for AdamW. */
  readonly weightDecay?: number;
  /** Highest learning rate; default 0.1. */
  readonly learningRate?: number;
  /** Default "step": ÷10 at `milestones`. */
  readonly schedule?: (typeof scheduleNames)[number];
  /** Shares of all iterations; default the paper's 16, 24 and 28 of 30. */
  readonly milestones?: readonly number[];
  /** Iterations over which the learning rate rises from 0; default 0, as in the paper. */
  readonly warmUp?: number;
  /** Iterations over which the margin rises from 0; default 0. */
  readonly marginWarmUp?: number;
  /** Images a step; default 512: the paper's 64 on each of 8 GPUs. */
  readonly batchSize?: number;
  /** Identities in a batch, each with as many images, for losses that compare samples; divides `batchSize`. Default: as they come. */
  readonly identitiesPerBatch?: number;
  /** Passes over the data; or give `iterations`. Default 30. */
  readonly epochs?: number;
  readonly iterations?: number;
  /**
   * Share of the class centers that take part in a step, in (0, 1]: those of the batch and a random sample of the others
   * (PartialFC), for more identities than memory and time allow. The network is run forward twice a step. Default: all of
   * them, in one graph with the network.
   */
  readonly sampleCenters?: number;
  /** Default: horizontal flips alone. */
  readonly augmentation?: Augmentation;
  /** Folder of a run whose last checkpoint gives the network's and the class centers' first values; default: random ones. */
  readonly initializeFrom?: string;
  /** Of initial values, order of images and augmentation; default 0. */
  readonly seed?: number;
  /** Threads of the CPU; default: all cores. The same number gives the same bits. */
  readonly threads?: number;
  /** Default "cpu". */
  readonly device?: Device;
  /** false: lowerings of gradients by a fixed rule instead of measurement. */
  readonly measureLowerings?: boolean;
  /** Steps between checkpoints; default a twentieth of all, at most 500. */
  readonly checkpointEvery?: number;
  /** Steps between lines of the log; default 20. */
  readonly logEvery?: number;
  /** Steps between verifications, where a set for them is given; default: at the end alone. */
  readonly verifyEvery?: number;
};

/** Options with every default put in; written into the run's folder. */
export type SettledOptions = Required<Omit<TrainingOptions, Unsettled | "epochs">> & Pick<TrainingOptions, Unsettled>;

/** Options that may stay open: the network says, or nothing is done. */
type Unsettled =
  | "inputSize"
  | "embeddingSize"
  | "verifyEvery"
  | "identitiesPerBatch"
  | "initializeFrom"
  | "sampleCenters";

/** Puts defaults in and checks ranges, so that nothing is found wrong after the first step. */
export function settleOptions(options: TrainingOptions, sampleCount: number): SettledOptions {
  const { epochs, iterations, ...given } = options;
  if (epochs !== undefined && iterations !== undefined) {
    throw new OptionError("train: got both epochs and iterations, expected one of them");
  }
  const batchSize = options.batchSize ?? trainingDefaults.batchSize;
  requireInteger("train: batch size", batchSize, 2);
  if (epochs !== undefined) requirePositive("train: epochs", epochs);
  const steps = iterations ?? Math.max(1, Math.round(((epochs ?? trainingDefaults.epochs) * sampleCount) / batchSize));
  const defaults = trainingDefaults;
  const settled: SettledOptions = {
    network: defaults.network,
    loss: { name: "cosface" },
    optimizer: defaults.optimizer,
    momentum: defaults.momentum,
    weightDecay: defaults.weightDecay[options.optimizer ?? defaults.optimizer],
    learningRate: defaults.learningRate,
    schedule: defaults.schedule,
    milestones: PAPER_MILESTONES,
    warmUp: defaults.warmUp,
    marginWarmUp: defaults.marginWarmUp,
    augmentation: {},
    seed: defaults.seed,
    threads: 0,
    device: defaults.device,
    measureLowerings: true,
    checkpointEvery: Math.min(500, Math.ceil(steps / 20)),
    logEvery: defaults.logEvery,
    ...given,
    batchSize,
    iterations: steps,
  };
  requireInteger("train: iterations", settled.iterations, 1);
  requirePositive("train: learning rate", settled.learningRate);
  const { sampleCenters = 1 } = settled;
  if (!(sampleCenters > 0 && sampleCenters <= 1)) {
    throw new OptionError(`train: sample centers: got ${sampleCenters}, expected a share in (0, 1]`);
  }
  requireInteger("train: warm-up", settled.warmUp, 0);
  requireInteger("train: margin warm-up", settled.marginWarmUp, 0);
  requireInteger("train: checkpoint every", settled.checkpointEvery, 1);
  requireInteger("train: log every", settled.logEvery, 1);
  requireInteger("train: seed", settled.seed, 0);
  requireInteger("train: threads", settled.threads, 0);
  requireBetween("train: momentum", settled.momentum, 0, 1);
  requireOneOf("train: optimizer", settled.optimizer, optimizerNames);
  requireOneOf("train: schedule", settled.schedule, scheduleNames);
  return settled;
}

export function createOptimizer({ optimizer, momentum, weightDecay }: SettledOptions): Optimizer {
  return optimizer === "sgd" ? sgd({ momentum, weightDecay }) : adamW({ weightDecay });
}

export function createSchedule(options: SettledOptions): Schedule {
  switch (options.schedule) {
    case "step":
      return stepSchedule(options);
    case "polynomial":
      return polynomialSchedule(options);
    default:
      return cosineSchedule(options);
  }
}
