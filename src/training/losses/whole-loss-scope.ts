import { OptionError } from "../../base/core/index.ts";
import { fixedSize, input, type Operand, stopGradient, type Value } from "../../compiler/graph/index.ts";
import { constantly, type Initializer, type ParameterOptions, type Scope, xavierFanIn } from "../nn/index.ts";
import { CENTER_SHARES, nextShares } from "./center-shares.ts";
import type { LossScope, RunningStatistic, SampleScope, StepScalar } from "./loss.ts";
import { cosines, targetEntry } from "./target.ts";

/** Name of the class centers among the parameters. */
export const CENTERS = "centers";

/** Name of the input for the noise of a step. */
export const NOISE = "noise";

/** What a loss is built on: one graph with all class centers. */
export type WholeLossScopeOptions = {
  /** f32[batch, size], not normalized. */
  readonly embeddings: Value;
  /** i32[batch]. */
  readonly labels: Value;
  readonly identityCount: number;
  /** Where parameters and statistics are collected: the network's scope in a training step. */
  readonly store: Scope;
  /** Whether numbers that change by step are inputs of the graph; otherwise their final values are constants. */
  readonly hasStepInputs: boolean;
  /** First values of the class centers; default: xavier, as SphereFace's classifier. */
  readonly centerInitializer?: Initializer;
};

/** The scope of a loss in one graph with all class centers. It records what the loss asks for. */
export class WholeLossScope implements LossScope {
  readonly embeddings: Value;
  readonly labels: Value;
  readonly identityCount: number;
  readonly batchSize: number;
  /** The numbers that change by step, by the names of the graph's inputs. */
  readonly scalars = new Map<string, StepScalar>();
  readonly #options: WholeLossScopeOptions;
  readonly #cosines = new Map<number, Value>();
  readonly #inputs = new Map<string, Value>();
  #centers: Value | undefined;
  #centersPerIdentity = 0;
  #noise: Value | undefined;

  constructor(options: WholeLossScopeOptions) {
    this.#options = options;
    this.embeddings = options.embeddings;
    this.labels = options.labels;
    this.identityCount = options.identityCount;
    this.batchSize = fixedSize("loss", options.labels.shape[0]);
  }

  get comparedCount(): number {
    return this.identityCount;
  }

  /** Class centers an identity that the loss asked for; 0 for a loss without class centers. */
  get centersPerIdentity(): number {
    return this.#centersPerIdentity;
  }

  /** Whether the loss asked for noise: the graph then has the input `NOISE`. */
  get hasNoise(): boolean {
    return this.#noise !== undefined;
  }

  centers(perIdentity = this.#centersPerIdentity || 1): Value {
    if (this.#centers !== undefined && perIdentity === this.#centersPerIdentity) return this.#centers;
    if (this.#centers !== undefined) {
      throw new OptionError(`loss: asks for ${this.#centersPerIdentity} and ${perIdentity} class centers an identity`);
    }
    const { store, centerInitializer = xavierFanIn } = this.#options;
    const size = fixedSize("loss", this.embeddings.shape[1]);
    this.#centersPerIdentity = perIdentity;
    const centers = store.parameter(CENTERS, [this.identityCount * perIdentity, size], centerInitializer);
    this.#centers = centers;
    if (perIdentity > 1 && this.#options.hasStepInputs) this.#keepShares(centers, perIdentity);
    return centers;
  }

  /** Several centers an identity, in training: which of them is the dominant one. */
  #keepShares(centers: Value, perIdentity: number): void {
    const { embeddings, labels, identityCount } = this;
    this.#options.store.statistic(CENTER_SHARES, [identityCount, perIdentity], constantly(1 / perIdentity), (before) =>
      nextShares(before, { embeddings, centers, labels }, perIdentity, identityCount),
    );
  }

  cosines(perIdentity = this.#centersPerIdentity || 1): Value {
    const known = this.#cosines.get(perIdentity);
    if (known !== undefined) return known;
    const value = cosines({ embeddings: this.embeddings, centers: this.centers(perIdentity) }, perIdentity);
    this.#cosines.set(perIdentity, value);
    return value;
  }

  targetCosines(): Value {
    return stopGradient(targetEntry(this.cosines(), this.labels));
  }

  noise(): Value {
    this.#noise ??= input(NOISE, "f32", [this.batchSize, 1]);
    return this.#noise;
  }

  scalar(name: string, rule: StepScalar): Operand {
    if (!this.#options.hasStepInputs) return rule.final;
    if (RESERVED.includes(name)) throw new OptionError(`loss: '${name}' is a number of the step: give it another name`);
    this.scalars.set(name, rule);
    const value = this.#inputs.get(name) ?? input(name, "f32", []);
    this.#inputs.set(name, value);
    return value;
  }

  margin(final: number): Operand {
    return this.scalar("margin", marginScalar(final));
  }

  parameter(name: string, shape: readonly number[], initializer: Initializer, options?: ParameterOptions): Value {
    return this.#options.store.parameter(name, shape, initializer, options);
  }

  statistic(
    name: string,
    shape: readonly number[],
    initializer: Initializer,
    renew: (before: Value) => Value,
  ): RunningStatistic {
    let after: Value | undefined;
    const before = this.#options.store.statistic(name, shape, initializer, (old) => {
      after = renew(old);
      return after;
    });
    return { before, after: after ?? before };
  }

  perSample(_name: string, make: (scope: SampleScope) => Value): Value {
    return make(this);
  }
}

/** Numbers of a step that are not the loss's. */
const RESERVED = ["learningRate", "stepNumber"];

/** The margin by step: its warm-up's share of the final margin. */
export const marginScalar = (final: number): StepScalar => ({
  final,
  at: ({ marginShare }) => final * marginShare,
});
