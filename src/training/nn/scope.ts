/**
 * The parameters and running statistics of a network under construction. A network is a function from a value to a
 * value and takes everything that it keeps between steps from its scope. So the scope knows all names, shapes and
 * initializers, and the same function builds the network for training and for inference.
 */
import { OptionError } from "../../base/core/index.ts";
import { input, type Value } from "../../compiler/graph/index.ts";
import type { Initializer } from "./initializers.ts";

/** A tensor that training changes. */
export type Parameter = {
  readonly name: string;
  readonly value: Value;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** Whether weight decay applies. */
  readonly decay: boolean;
  /** Multiplies the learning rate. */
  readonly learningRateFactor: number;
  /** Training does not change it, although it is a parameter for other tools. */
  readonly frozen: boolean;
};

/** A tensor that a training step updates without a gradient: a running mean or variance. */
export type Statistic = {
  readonly name: string;
  readonly value: Value;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** Its value after this step; the same value in inference. */
  readonly next: Value;
};

/** How a parameter is trained. */
export type ParameterOptions = {
  /** Whether weight decay applies; default true. */
  readonly decay?: boolean;
  /** Factor of the learning rate; default 1. */
  readonly learningRateFactor?: number;
  /** Whether the parameter keeps its initial values; default false. */
  readonly frozen?: boolean;
};

/** Names and collects the parameters of a network while it is built. */
export class Scope {
  readonly training: boolean;
  readonly #parameters = new Map<string, Parameter>();
  readonly #statistics = new Map<string, Statistic>();

  constructor(training: boolean) {
    this.training = training;
  }

  get parameters(): readonly Parameter[] {
    return [...this.#parameters.values()];
  }

  get statistics(): readonly Statistic[] {
    return [...this.#statistics.values()];
  }

  /** Adds a parameter. Names are unique, with dots between their parts: "stage1.conv.weight". */
  parameter(name: string, shape: readonly number[], initializer: Initializer, options: ParameterOptions = {}): Value {
    this.#requireFresh(name);
    const { decay = true, learningRateFactor = 1, frozen = false } = options;
    const value = input(name, "f32", shape);
    this.#parameters.set(name, { name, value, shape, initializer, decay, learningRateFactor, frozen });
    return value;
  }

  /** Adds a running statistic; `renew` gives its value after a training step. */
  statistic(name: string, shape: readonly number[], initializer: Initializer, renew: (old: Value) => Value): Value {
    this.#requireFresh(name);
    const value = input(name, "f32", shape);
    this.#statistics.set(name, { name, value, shape, initializer, next: this.training ? renew(value) : value });
    return value;
  }

  #requireFresh(name: string): void {
    if (this.#parameters.has(name) || this.#statistics.has(name)) {
      throw new OptionError(`network: got two parameters named '${name}', expected unique names`);
    }
  }
}
