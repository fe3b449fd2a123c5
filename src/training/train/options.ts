import {
  OptionError,
  requireBetween,
  requireInteger,
  requireObject,
  requireOneOf,
  requirePositive,
} from "../../base/core/index.ts";
import type { Device } from "../../compiler/runtime/index.ts";
import type { ContractOverrides } from "../../faces/embedder/index.ts";
import type { Augmentation } from "../batches/index.ts";
import type { ForeignTraining } from "../foreign/index.ts";
import {
  createLoss,
  defaultLoss,
  describeLoss,
  type FaceLoss,
  type LossOptions,
  parseLossOptions,
  requireOwnName,
} from "../losses/index.ts";
import { type Architecture, allNetworks, configureNetwork, findNetwork, type Network } from "../nn/index.ts";
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
import {
  batchNormModes,
  fineTuningDefaults,
  guardModes,
  optimizerNames,
  scheduleNames,
  trainingDefaults,
} from "./names.ts";

/** Everything that decides what a run computes, and how it is run. Defaults are the paper's small set-up. */
export type TrainingOptions = {
  /** Name of a network, or a network of your own; default "sphere20". */
  readonly network?: string | Network | Architecture;
  /** [height, width] in pixels; default: the network's. */
  readonly inputSize?: readonly [number, number];
  /** Default: the network's. */
  readonly embeddingSize?: number;
  /** A loss by name with its options, or a loss of your own; default CosFace with m = 0.35 and s = 64. */
  readonly loss?: LossOptions | FaceLoss;
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
  /**
   * Identities in a batch, each with the same number of images, for losses that compare samples; divides `batchSize`.
   * Default: images in random order.
   */
  readonly identitiesPerBatch?: number;
  /** Passes over the data; or give `iterations`. Default 30. */
  readonly epochs?: number;
  readonly iterations?: number;
  /**
   * Share of the class centers that take part in a step, in (0, 1]: those of the batch and a random sample of the
   * others (PartialFC), for more identities than memory and time allow. A step then makes two forward passes. Default:
   * all of them, in one graph with the network.
   */
  readonly sampleCenters?: number;
  /** Default: horizontal flips alone. */
  readonly augmentation?: Augmentation;
  /**
   * Folder of a run whose last checkpoint gives the network's and the class centers' first values; default: random
   * ones.
   */
  readonly initializeFrom?: string;
  /**
   * ONNX file whose network is trained on, in place of `network`: any embedder's, as `openEmbedder` takes it. The
   * result is that file with other weights. Other defaults then apply: AdamW with a learning rate of 0.001 for the
   * class centers and a twentieth of it for the network, falling along a cosine; batches of 64; 2 epochs.
   */
  readonly from?: string;
  /** How the network of `from` is trained and watched. */
  readonly fineTuning?: FineTuningOptions;
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
  /** Steps between verifications, where a set for them is given; default: only at the end. */
  readonly verifyEvery?: number;
};

/**
 * How the network of an ONNX file is trained on: its preprocessing where the file does not state it, what is trained at
 * which rate, and how the accuracy that it had is watched.
 */
export type FineTuningOptions = Partial<ForeignTraining> &
  ContractOverrides & {
    /**
     * Share of the people that are not trained on, in [0, 1): pairs of their images measure the accuracy where the run
     * has no `verify`. Default 0.1.
     */
    readonly holdOut?: number;
    /**
     * When the accuracy falls by more than `tolerance` below that before the first step, the run goes back to the last
     * weights that kept it, and then "lower": goes on at a tenth of the rate, twice at most; "stop": ends; "off": takes
     * no notice. Default "lower".
     */
    readonly guard?: (typeof guardModes)[number];
    /** How far the accuracy may fall, in [0, 1]; default 0.005. */
    readonly tolerance?: number;
  };

/** The same with defaults. */
export type ResolvedFineTuning = Required<Omit<FineTuningOptions, keyof ContractOverrides>> & ContractOverrides;

/** Options with every default filled in, as written to options.json: network and loss by name and options. */
export type ResolvedOptions = Required<Omit<TrainingOptions, Undecided | "epochs" | "network" | "loss">> &
  Pick<TrainingOptions, Exclude<Undecided, "fineTuning">> & {
    readonly fineTuning?: ResolvedFineTuning;
    readonly network: string;
    readonly loss: { readonly name: string } & Readonly<Record<string, unknown>>;
  };

/** Options without a default: the network decides, or nothing is done. */
type Undecided =
  | "from"
  | "fineTuning"
  | "inputSize"
  | "embeddingSize"
  | "verifyEvery"
  | "identitiesPerBatch"
  | "initializeFrom"
  | "sampleCenters";

/**
 * Fills in defaults and checks ranges, so that no mistake shows up after the first step.
 *
 * @throws {OptionError} for an option out of range.
 */
export function resolveOptions(options: TrainingOptions, sampleCount: number): ResolvedOptions {
  requireObject("options of training", options);
  requireInteger("number of samples", sampleCount, 0);
  const { epochs, iterations, network, loss = defaultLoss, fineTuning, ...given } = options;
  const isFineTuned = options.from !== undefined;
  const defaults = isFineTuned ? { ...trainingDefaults, ...fineTuningDefaults } : trainingDefaults;
  if (epochs !== undefined && iterations !== undefined) {
    throw new OptionError("got both epochs and iterations, expected one of them");
  }
  const batchSize = options.batchSize ?? defaults.batchSize;
  requireInteger("batch size", batchSize, 2);
  if (epochs !== undefined) requirePositive("epochs", epochs);
  const steps = iterations ?? Math.max(1, Math.round(((epochs ?? defaults.epochs) * sampleCount) / batchSize));
  const resolved: ResolvedOptions = {
    network: typeof network === "object" ? network.name : (network ?? defaults.network),
    loss: "build" in loss ? describeLoss(loss) : parseLossOptions(loss),
    optimizer: defaults.optimizer,
    momentum: defaults.momentum,
    weightDecay: trainingDefaults.weightDecay[options.optimizer ?? defaults.optimizer],
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
    ...(typeof network === "object" ? { inputSize: network.inputSize, embeddingSize: network.embeddingSize } : {}),
    ...(isFineTuned ? { fineTuning: resolveFineTuning(fineTuning), verifyEvery: Math.ceil(steps / 4) } : {}),
    ...given,
    batchSize,
    iterations: steps,
  };
  requireInteger("iterations", resolved.iterations, 1);
  requirePositive("learning rate", resolved.learningRate);
  const { sampleCenters = 1 } = resolved;
  if (!(sampleCenters > 0 && sampleCenters <= 1)) {
    throw new OptionError(`sample centers: got ${sampleCenters}, expected a share in (0, 1]`);
  }
  requireInteger("warm-up", resolved.warmUp, 0);
  requireInteger("margin warm-up", resolved.marginWarmUp, 0);
  requireInteger("checkpoint every", resolved.checkpointEvery, 1);
  requireInteger("log every", resolved.logEvery, 1);
  requireInteger("seed", resolved.seed, 0);
  requireInteger("threads", resolved.threads, 0);
  requireBetween("momentum", resolved.momentum, 0, 1);
  requireOneOf("optimizer", resolved.optimizer, optimizerNames);
  requireOneOf("schedule", resolved.schedule, scheduleNames);
  return resolved;
}

/** @throws {OptionError} for an option out of range. */
export function resolveFineTuning(given: FineTuningOptions = {}): ResolvedFineTuning {
  const { encoderRate, layerDecay, batchNorm, holdOut, guard, tolerance } = fineTuningDefaults;
  const resolved = { freeze: [], encoderRate, layerDecay, batchNorm, holdOut, guard, tolerance, ...given };
  requireBetween("hold out", resolved.holdOut, 0, 0.9);
  requireBetween("tolerance", resolved.tolerance, 0, 1);
  requireOneOf("batch norm", resolved.batchNorm, batchNormModes);
  requireOneOf("guard", resolved.guard, guardModes);
  return resolved;
}

/**
 * The network of a run: found by name, or the given one, at the sizes that the options ask for.
 *
 * @throws {OptionError} for an unknown name, and for a network of a caller's own that has the name of another.
 */
export function resolveNetwork({ network, inputSize, embeddingSize }: TrainingOptions): Network {
  const sizes = {
    ...(inputSize === undefined ? {} : { inputSize }),
    ...(embeddingSize === undefined ? {} : { embeddingSize }),
  };
  if (typeof network !== "object") return configureNetwork(findNetwork(network ?? trainingDefaults.network), sizes);
  const architecture = "architecture" in network ? network.architecture : network;
  if (allNetworks().some((known) => known.name === network.name && known !== architecture)) {
    throw new OptionError(
      `network: got a network of your own named '${network.name}', which another network is: give it another name`,
    );
  }
  return { ...configureNetwork(architecture, { ...network, ...sizes }), name: network.name };
}

/**
 * The loss of a run: made from its name and options, or the given one.
 *
 * @throws {OptionError} as `createLoss`, and for a loss of a caller's own that has the name of another.
 */
export function resolveLoss({ loss = defaultLoss }: TrainingOptions): FaceLoss {
  if (!("build" in loss)) return createLoss(loss);
  requireOwnName(loss);
  return loss;
}

export function createOptimizer({ optimizer, momentum, weightDecay }: ResolvedOptions): Optimizer {
  return optimizer === "sgd" ? sgd({ momentum, weightDecay }) : adamW({ weightDecay });
}

export function createSchedule(options: ResolvedOptions): Schedule {
  switch (options.schedule) {
    case "step":
      return stepSchedule(options);
    case "polynomial":
      return polynomialSchedule(options);
    default:
      return cosineSchedule(options);
  }
}
