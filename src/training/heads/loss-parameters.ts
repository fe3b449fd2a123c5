/**
 * The parameters of a loss beside the class centers, such as a bias. Every block of class centers reads them; their
 * gradients are added up over the blocks, and one update follows after all blocks.
 */
import { random } from "../../base/core/index.ts";
import { type Graph, input } from "../../compiler/graph/index.ts";
import { compile, runOn, type Session, type Tensor, type Tensors } from "../../compiler/runtime/index.ts";
import { floats } from "../losses/index.ts";
import { constantly, type Initializer, type Parameter } from "../nn/index.ts";
import type { Optimizer } from "../optim/index.ts";
import { NEXT, PARAMETER_GRADIENT } from "./block-graphs.ts";

/** The state of the optimizer for a parameter, as a checkpoint names it. */
const stateName = (parameter: string, state: string) => `${parameter}/${state}`;

/** The parameters of a loss and their optimizer state. */
export class LossParameters {
  readonly #update: Session | undefined;
  #values: Tensors;
  #state: Tensors;

  private constructor(update: Session | undefined, values: Tensors, state: Tensors) {
    this.#update = update;
    this.#values = values;
    this.#state = state;
  }

  /** Compiles the update of parameters and fills them, each from its own seeded stream. */
  static async create(
    parameters: readonly Parameter[],
    { optimizer, seed, threads }: { optimizer: Optimizer; seed: number; threads: number },
  ): Promise<LossParameters> {
    if (parameters.length === 0) return new LossParameters(undefined, {}, {});
    const { session } = await compile(updateGraph(parameters, optimizer), { threads });
    const filled = (name: string, shape: readonly number[], initializer: Initializer): [string, Tensor] => [
      name,
      { type: "f32", shape, data: initializer(shape, random(seed, "initialize", name)) },
    ];
    return new LossParameters(
      session,
      Object.fromEntries(parameters.map(({ name, shape, initializer }) => filled(name, shape, initializer))),
      Object.fromEntries(
        parameters.flatMap(({ name, shape }) =>
          optimizer.stateNames.map((key) => filled(stateName(name, key), shape, constantly(0))),
        ),
      ),
    );
  }

  /** The parameters by name. */
  get values(): Tensors {
    return this.#values;
  }

  /** The optimizer's state by name, such as "bias/velocity". */
  get state(): Tensors {
    return this.#state;
  }

  /** Takes saved values and state over. */
  restore(saved: (name: string, shape: readonly number[]) => Tensor): void {
    const replaced = (tensors: Tensors): Tensors =>
      Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, saved(name, shape)]));
    this.#values = replaced(this.#values);
    this.#state = replaced(this.#state);
  }

  /** Moves the parameters by their gradients. */
  async update(gradientOf: (name: string) => Float32Array, scalars: Tensors): Promise<void> {
    if (this.#update === undefined) return;
    const gradients = Object.entries(this.#values).map(([name, { shape }]): [string, Tensor] => [
      PARAMETER_GRADIENT + name,
      { type: "f32", shape, data: gradientOf(PARAMETER_GRADIENT + name) },
    ]);
    const inputs = { ...scalars, ...this.#values, ...this.#state, ...Object.fromEntries(gradients) };
    const results = await runOn(this.#update, inputs);
    const next = (tensors: Tensors): Tensors =>
      Object.fromEntries(
        Object.entries(tensors).map(([name, tensor]) => [name, { ...tensor, data: floats(results, NEXT + name) }]),
      );
    this.#values = next(this.#values);
    this.#state = next(this.#state);
  }

  async close(): Promise<void> {
    await this.#update?.close();
  }
}

/** Inputs: the parameters, their gradients, the optimizer's state and its scalars. Outputs: the next of each. */
function updateGraph(parameters: readonly Parameter[], optimizer: Optimizer): Graph {
  const scalars = { learningRate: input("learningRate", "f32", []), stepNumber: input("stepNumber", "f32", []) };
  const outputs = parameters.flatMap(({ name, value, shape, decay, learningRateFactor, frozen }) => {
    const state = Object.fromEntries(
      optimizer.stateNames.map((key) => [key, input(stateName(name, key), "f32", shape)]),
    );
    const gradient = input(PARAMETER_GRADIENT + name, "f32", shape);
    const next = optimizer.update({ parameter: value, gradient, state, decay, learningRateFactor }, scalars);
    return [
      [NEXT + name, frozen ? value : next.parameter],
      ...Object.entries(next.state).map(([key, tensor]) => [NEXT + stateName(name, key), tensor]),
    ];
  });
  return { name: "headParameters", outputs: Object.fromEntries(outputs) };
}
