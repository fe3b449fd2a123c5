/**
 * A training step in two halves for several processes: each computes the gradients of its own batch, all average them,
 * and each makes the same update, so that parameters stay equal bit by bit. Running statistics are averaged too.
 */
import { type Graph, graphInputs, input } from "../../../compiler/graph/index.ts";
import { compile, type LoweringChoices, runOn, type Session, type Tensors } from "../../../compiler/runtime/index.ts";
import { at, floats, NOISE, type StepScalar } from "../../losses/index.ts";
import {
  copyState,
  initialState,
  type ProgramOptions,
  type ProgramState,
  type Step,
  type StepResult,
  stepInputs,
  type TrainingProgram,
} from "./program.ts";
import { type Reducer, singleProcess } from "./reducer.ts";
import { describeState, forwardBackward, NEXT, type StepDescription, update } from "./training-step.ts";

/** Prefix of a parameter's gradient. */
const GRADIENT = "d/";

type Parts = {
  readonly step: StepDescription;
  /** Undefined for a loss without noise. */
  readonly noiseSeed: number | undefined;
  readonly reducer: Reducer;
  readonly gradientHalf: Session;
  readonly updateHalf: Session;
  readonly choices: LoweringChoices;
  readonly scalars: ReadonlyMap<string, StepScalar>;
};

/** A step in two halves, with a reduction over processes between them. */
export class SplitProgram implements TrainingProgram {
  readonly #parts: Parts;
  #state: ProgramState;

  private constructor(parts: Parts, state: ProgramState) {
    this.#parts = parts;
    this.#state = state;
  }

  /** Compiles both halves and fills the state by the initializers, each tensor from its own seeded stream. */
  static async create(
    step: StepDescription,
    { seed, ...options }: ProgramOptions,
    reducer: Reducer = singleProcess,
  ): Promise<SplitProgram> {
    const half = forwardBackward(step);
    const { loss, accuracy, parameters, statistics, scalars } = half;
    const trained = half.gradients.flatMap((gradient, i) => {
      const parameter = parameters[i];
      return parameter === undefined || parameter.frozen ? [] : [{ parameter, gradient }];
    });
    const first: Graph = {
      name: "forwardBackward",
      outputs: {
        loss,
        ...(accuracy === undefined ? {} : { accuracy }),
        ...Object.fromEntries(trained.map(({ parameter, gradient }) => [GRADIENT + parameter.name, gradient])),
        ...Object.fromEntries(statistics.map(({ name, next }) => [NEXT + name, next])),
      },
    };
    const received = trained.map(({ parameter }) => input(GRADIENT + parameter.name, "f32", parameter.shape));
    const second: Graph = {
      name: "update",
      outputs: update(
        step,
        trained.map(({ parameter }) => parameter),
        received,
      ),
    };
    const { session: gradientHalf, choices } = await compile(first, options);
    const { session: updateHalf } = await compile(second, { ...options, choices });
    const noiseSeed = graphInputs(first).has(NOISE) ? seed : undefined;
    const parts = { step, noiseSeed, reducer, gradientHalf, updateHalf, choices, scalars };
    return new SplitProgram(parts, initialState(describeState(step.optimizer, parameters, statistics), seed));
  }

  get choices(): LoweringChoices {
    return this.#parts.choices;
  }

  get identityCount(): number {
    return this.#parts.step.identityCount;
  }

  get scalars(): ReadonlyMap<string, StepScalar> {
    return this.#parts.scalars;
  }

  get state(): ProgramState {
    return this.#state;
  }

  restore(saved: Tensors): void {
    copyState(this.#state, saved);
  }

  async run(steps: readonly Step[]): Promise<StepResult[]> {
    const results: StepResult[] = [];
    for (const step of steps) results.push(await this.#run(step));
    return results;
  }

  async #run(step: Step): Promise<StepResult> {
    const { step: description, noiseSeed, gradientHalf, updateHalf, reducer } = this.#parts;
    const { batchSize, network } = description;
    const { rank, size } = reducer;
    const options = { batchSize, inputSize: network.inputSize, noiseSeed, rank, size };
    const inputs = { ...this.#state, ...stepInputs(step, options) };
    const computed = await runOn(gradientHalf, inputs);
    await this.#average(computed);
    const updated = await runOn(updateHalf, { ...inputs, ...computed });
    this.#state = Object.fromEntries(
      Object.entries(this.#state).map(([name, tensor]) => [
        name,
        { ...tensor, ...(updated[NEXT + name] ?? computed[NEXT + name]) },
      ]),
    );
    return {
      loss: at(floats(computed, "loss"), 0),
      accuracy: computed.accuracy === undefined ? undefined : at(floats(computed, "accuracy"), 0),
    };
  }

  /** Replaces loss, accuracy, gradients and statistics by their means over all processes. */
  async #average(tensors: Tensors): Promise<void> {
    const { reducer } = this.#parts;
    if (reducer.size === 1) return;
    for (const name of Object.keys(tensors)) {
      const values = floats(tensors, name);
      await reducer.allReduce(values, "sum");
      for (let i = 0; i < values.length; i++) values[i]! /= reducer.size;
    }
  }

  async close(): Promise<void> {
    await this.#parts.gradientHalf.close();
    await this.#parts.updateHalf.close();
  }
}
