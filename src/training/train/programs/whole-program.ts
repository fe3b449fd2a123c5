/**
 * The whole training step as one graph. Several steps run in one call, as repetitions of the graph: the runtime copies
 * the outputs of a call, and the state is by far the largest of them. The old state is released as soon as a call
 * returns the next one; if the call fails, the state is unchanged.
 */
import { graphInputs, outputOf } from "../../../compiler/graph/index.ts";
import { EACH, FIRST, LAST, REPETITIONS } from "../../../compiler/onnx/index.ts";
import {
  compile,
  type LoweringChoices,
  release,
  type Session,
  type Tensor,
  type Tensors,
} from "../../../compiler/runtime/index.ts";
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
import { NEXT, type StepDescription, trainingStep } from "./training-step.ts";

type Parts = {
  readonly session: Session;
  readonly step: StepDescription;
  readonly seed: number;
  /** Inputs that each step has its own of. */
  readonly eachNames: readonly string[];
  readonly scalars: ReadonlyMap<string, StepScalar>;
  readonly choices: LoweringChoices;
  /** Tensors of the state that change, and the outputs that follow them. */
  readonly carried: ReadonlyMap<string, string>;
  readonly hasAccuracy: boolean;
};

/** The whole step as one graph. */
export class WholeProgram implements TrainingProgram {
  readonly #parts: Parts;
  #state: ProgramState;

  private constructor(parts: Parts, state: ProgramState) {
    this.#parts = parts;
    this.#state = state;
  }

  /** Compiles a step and fills its state by the initializers, each tensor from its own seeded stream. */
  static async create(step: StepDescription, { seed, ...options }: ProgramOptions): Promise<WholeProgram> {
    const { graph, state, scalars } = trainingStep(step);
    const inputs = graphInputs(graph);
    const names = ["pixels", "labels", "learningRate", ...scalars.keys(), "stepNumber", NOISE];
    const eachNames = names.filter((name) => inputs.has(name));
    const moving = state.filter(({ name }) => outputOf(graph, NEXT + name) !== undefined);
    const carried = new Map(moving.map(({ name }) => [name, NEXT + name]));
    const repetition = { carried, each: eachNames, isolated: ["loss"] };
    const { session, choices } = await compile(graph, { ...options, repetition });
    const hasAccuracy = outputOf(graph, "accuracy") !== undefined;
    const parts = { session, step, seed, eachNames, scalars, choices, carried, hasAccuracy };
    return new WholeProgram(parts, initialState(state, seed));
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

  /** Runs steps one after the other, in one call of the runtime. */
  async run(steps: readonly Step[]): Promise<StepResult[]> {
    const { carried, session, hasAccuracy } = this.#parts;
    const feeds = this.#feeds(steps);
    for (const [name, tensor] of Object.entries(this.#state)) {
      feeds[carried.has(name) ? FIRST + name : name] = tensor;
    }
    const results = await session.run(feeds);
    const before = this.#state;
    this.#state = Object.fromEntries(
      Object.entries(before).map(([name, tensor]) => [
        name,
        { ...tensor, ...results[LAST + (carried.get(name) ?? "")] },
      ]),
    );
    release(Object.entries(before).flatMap(([name, tensor]) => (carried.has(name) ? [tensor] : [])));
    return steps.map((_, i) => ({
      loss: at(floats(results, `${EACH}loss`), i),
      accuracy: hasAccuracy ? at(floats(results, `${EACH}accuracy`), i) : undefined,
    }));
  }

  /** Ends profiling, if the session was asked for it. */
  endProfiling(): void {
    this.#parts.session.endProfiling();
  }

  async close(): Promise<void> {
    await this.#parts.session.close();
  }

  /** The inputs of all steps, each along a new first axis. */
  #feeds(steps: readonly Step[]): Record<string, Tensor> {
    const { step, seed, eachNames } = this.#parts;
    const { batchSize, network } = step;
    const noiseSeed = eachNames.includes(NOISE) ? seed : undefined;
    const inputs = steps.map((each) => stepInputs(each, { batchSize, inputSize: network.inputSize, noiseSeed }));
    const feeds: Record<string, Tensor> = {
      [REPETITIONS]: { type: "i64", shape: [], data: BigInt64Array.of(BigInt(steps.length)) },
    };
    for (const name of eachNames) {
      feeds[EACH + name] = stack(inputs.flatMap((tensors) => (tensors[name] === undefined ? [] : [tensors[name]])));
    }
    return feeds;
  }
}

/** Tensors of one shape along a new first axis. */
function stack(parts: readonly Tensor[]): Tensor {
  const [first] = parts as [Tensor];
  const shape = [parts.length, ...first.shape];
  if (parts.length === 1) return { ...first, shape };
  const size = first.data.length;
  const data = new (first.data.constructor as new (length: number) => Float32Array)(size * parts.length);
  for (const [i, part] of parts.entries()) data.set(part.data as Float32Array, i * size);
  return { ...first, shape, data };
}
