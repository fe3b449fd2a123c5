/**
 * The interface of losses. A loss is built in a scope, as a layer is: it asks the scope for class centers, parameters,
 * running statistics and numbers that change by step, and returns logits, a penalty, or both. So the training step,
 * checkpoints, the sampled head and the export serve every loss without knowing any.
 */
import type { Operand, Value } from "../../compiler/graph/index.ts";
import type { FirstLossSphere, SphereSize } from "../../measure/hypersphere/index.ts";
import type { Initializer, ParameterOptions } from "../nn/index.ts";

/** The position of a step in a run, from which numbers that change by step are computed. */
export type StepPosition = {
  /** Steps done before this one. */
  readonly iteration: number;
  /** Share of the margin that applies in this step, in [0, 1]; below 1 during the margin's warm-up. */
  readonly marginShare: number;
};

/** A number that changes by step. */
export type StepScalar = {
  /** Its value outside of training, as in `evaluateLoss`. */
  readonly final: number;
  /** Its value in a step of training. */
  readonly at: (step: StepPosition) => number;
};

/** A running statistic before and after it has seen the batch. */
export type RunningStatistic = { readonly before: Value; readonly after: Value };

/** What the part of a loss may use that is computed once a sample, however many class centers there are. */
export interface SampleScope {
  readonly batchSize: number;
  /** f32[batch, size], not normalized. */
  readonly embeddings: Value;
  /** cos θ of each sample to its own class center: f32[batch, 1], without gradient. */
  targetCosines(): Value;
  /** One standard normal number a sample, by seed and step: f32[batch, 1]. */
  noise(): Value;
  /** A number that changes by step: f32[], or a plain number outside of training. */
  scalar(name: string, rule: StepScalar): Operand;
  /** The loss's margin: `final`, or in training the share of it that the margin's warm-up has reached. */
  margin(final: number): Operand;
  /**
   * A tensor that steps hand on without a gradient, with its values before step 1.
   *
   * @param renew gives its next value from the one before.
   */
  statistic(
    name: string,
    shape: readonly number[],
    initializer: Initializer,
    renew: (before: Value) => Value,
  ): RunningStatistic;
}

/** What a loss is built from. */
export interface LossScope extends SampleScope {
  /**
   * i32[batch], each in [0, identities). In a block of the sampled head, −1 for samples of other blocks' identities.
   */
  readonly labels: Value;
  /** Columns of the logits: all identities, or those of a block of the sampled head. */
  readonly identityCount: number;
  /** Identities that an embedding is compared with in a step: all, or the sample of the sampled head. */
  readonly comparedCount: number;
  /** Class centers an identity that the loss has asked for so far; 0 before it asked. */
  readonly centersPerIdentity: number;
  /**
   * The class centers, not normalized: f32[identities · perIdentity, size]. Rows j·perIdentity and on are of identity
   * j. A loss that never asks for them has none. `perIdentity` is 1 unless a loss asked for more before.
   */
  centers(perIdentity?: number): Value;
  /**
   * cos θ of each sample to each identity, the nearest of its centers (the first of those on a tie): f32[batch,
   * identities] in [−1, 1].
   */
  cosines(perIdentity?: number): Value;
  /** A parameter of the loss beside the class centers, such as a bias; in the sampled head only of shape []. */
  parameter(name: string, shape: readonly number[], initializer: Initializer, options?: ParameterOptions): Value;
  /**
   * A value f32[batch, 1] for each sample. The sampled head computes it once a step and hands it to all blocks of class
   * centers; a gradient flows through it to the embeddings.
   */
  perSample(name: string, make: (scope: SampleScope) => Value): Value;
}

/** What a loss returns: the sum of what it has of these is trained on. */
export type LossTerms = {
  /** f32[batch, identities], of which the mean cross-entropy counts. */
  readonly logits?: Value;
  /** f32[batch, identities]: costs that add up over the identities, of which the mean over the batch counts. */
  readonly costs?: Value;
  /** f32[], which counts as it is. */
  readonly penalty?: Value;
};

/** A loss: one of the registry (`createLoss`), or one of your own. */
export type FaceLoss = {
  /**
   * With `options` it identifies the loss in `options.json` and checkpoints: give a loss of your own a name of its own.
   */
  readonly name: string;
  /** The options that the loss was made with. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Cosine margin, angular margin in radians, or multiplier of the angle: see the loss. Default 0: no margin. */
  readonly margin?: number;
  /** Scale s of the logits. Default 1: embeddings keep their norm. */
  readonly scale?: number;
  /** The margin in cosine that the loss asks for between any two class centers, where it asks for one. */
  readonly cosineMargin?: number;
  /** Whether the sampled head can train it, a block of class centers at a time; default false. */
  readonly canSample?: boolean;
  /** Adds the loss to the graph. */
  readonly build: (scope: LossScope) => LossTerms;
  /** The loss of an untrained network, with the margin of the first step; undefined where none can be expected. */
  readonly firstLoss?: (sphere: FirstLossSphere, margin: number) => number | undefined;
  /** Sentences about options that cannot work for so many identities in so many dimensions. */
  readonly notes?: (size: SphereSize) => readonly string[];
};
