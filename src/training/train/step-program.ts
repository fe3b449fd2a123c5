/**
 * Training steps, compiled, with their state. Several steps run in one call, as repetitions of one graph: the runtime
 * copies what a call gives, and the state is by far the largest part of that. What a call has read is let go at once when
 * it has given the next state, and stays as it is when a call fails.
 */
import { random, TrainingError } from "../../base/core/index.ts";
import { graphInputs } from "../../compiler/graph/index.ts";
import { EACH, FIRST, LAST, REPETITIONS } from "../../compiler/onnx/index.ts";
import {
  compile,
  type LoweringChoices,
  type LoweringOptions,
  release,
  type Session,
  type Tensor,
  type Tensors,
} from "../../compiler/runtime/index.ts";
import type { HeadScalars } from "../heads/index.ts";
import { NEXT, type StepDescription, trainingStep } from "./training-step.ts";

/** Numbers that change from step to step: those of the head are those of the step. */
export type StepScalars = HeadScalars;

const SCALARS: readonly (keyof StepScalars)[] = ["learningRate", "margin", "lambda", "stepNumber"];

export type StepResult = { readonly loss: number; readonly accuracy: number };

export type StepBatch = {
  /** u8[batch, height, width, 3]. */
  readonly images: Uint8Array;
  /** i32[batch]. */
  readonly labels: Int32Array;
};

/** One step: what it learns from, and its numbers. */
export type Step = { readonly batch: StepBatch; readonly scalars: StepScalars };

/** A compiled training step with its state: what the loop of `train` works on. */
export interface TrainingProgram {
  /** How convolution gradients are computed, to be kept with a checkpoint. */
  readonly choices: LoweringChoices;
  /** Identities that a step tells from each other: all, or those of its sample. */
  readonly identityCount: number;
  /** The state by name, valid until the next step. */
  readonly state: Tensors;
  /** Puts a saved state in place. @throws {TrainingError} when names or sizes differ. */
  restore(saved: Tensors): void;
  /** Runs some steps one after the other. */
  run(steps: readonly Step[]): Promise<StepResult[]>;
  close(): Promise<void>;
}

type Parts = {
  readonly session: Session;
  readonly step: StepDescription;
  readonly scalarNames: readonly (keyof StepScalars)[];
  readonly choices: LoweringChoices;
  /** Tensors of the state that change, and the outputs that follow them. */
  readonly carried: ReadonlyMap<string, string>;
};

/** The whole step as one graph. */
export class StepProgram implements TrainingProgram {
  readonly choices: LoweringChoices;
  readonly #session: Session;
  readonly #step: StepDescription;
  readonly #scalarNames: readonly (keyof StepScalars)[];
  readonly #carried: ReadonlyMap<string, string>;
  #state: Tensors;

  private constructor(parts: Parts, state: Tensors) {
    this.#session = parts.session;
    this.#step = parts.step;
    this.#scalarNames = parts.scalarNames;
    this.choices = parts.choices;
    this.#carried = parts.carried;
    this.#state = state;
  }

  /** Compiles a step and fills its state by the initializers, each tensor from its own seeded stream. */
  static async create(step: StepDescription, seed: number, options: LoweringOptions = {}): Promise<StepProgram> {
    const { graph, state } = trainingStep(step);
    const inputs = graphInputs(graph);
    const scalarNames = SCALARS.filter((name) => inputs.has(name));
    const moving = state.filter(({ name }) => graph.outputs[NEXT + name] !== undefined);
    const carried = new Map(moving.map(({ name }) => [name, NEXT + name]));
    const repetition = { carried, each: ["pixels", "labels", ...scalarNames], apart: ["loss"] };
    const { session, choices } = await compile(graph, { ...options, repetition });
    const tensors = state.map(({ name, shape, initializer }): [string, Tensor] => [
      name,
      { type: "f32", shape, data: initializer(shape, random(seed, "initialize", name)) },
    ]);
    return new StepProgram({ session, step, scalarNames, choices, carried }, Object.fromEntries(tensors));
  }

  get identityCount(): number {
    return this.#step.identityCount;
  }

  get state(): Tensors {
    return this.#state;
  }

  restore(saved: Tensors): void {
    for (const [name, { shape, data }] of Object.entries(this.#state)) {
      (data as Float32Array).set(savedTensor(saved, name, shape).data as Float32Array);
    }
  }

  /** Runs some steps one after the other, in one call of the runtime. */
  async run(steps: readonly Step[]): Promise<StepResult[]> {
    const { batchSize, network } = this.#step;
    const count = steps.length;
    const feeds: Record<string, Tensor> = {
      [REPETITIONS]: { type: "i64", shape: [], data: BigInt64Array.of(BigInt(count)) },
      [`${EACH}pixels`]: {
        type: "u8",
        shape: [count, batchSize, ...network.inputSize, 3],
        data: stack(steps.map(({ batch }) => batch.images)),
      },
      [`${EACH}labels`]: {
        type: "i32",
        shape: [count, batchSize],
        data: stack(steps.map(({ batch }) => batch.labels)),
      },
    };
    for (const name of this.#scalarNames) {
      feeds[EACH + name] = {
        type: "f32",
        shape: [count],
        data: Float32Array.from(steps, ({ scalars }) => scalars[name]),
      };
    }
    for (const [name, tensor] of Object.entries(this.#state)) {
      feeds[this.#carried.has(name) ? FIRST + name : name] = tensor;
    }
    const results = await this.#session.run(feeds);
    const next = [...this.#carried].map(([name, output]): [string, Tensor] => [name, results[LAST + output]!]);
    release([...this.#carried.keys()].map((name) => this.#state[name]!));
    this.#state = { ...this.#state, ...Object.fromEntries(next) };
    const value = (name: string, i: number) => results[EACH + name]!.data[i] as number;
    return steps.map((_, i) => ({ loss: value("loss", i), accuracy: value("accuracy", i) }));
  }

  /** Ends profiling, if the session was asked for it. */
  endProfiling(): void {
    this.#session.endProfiling();
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

/** A tensor of a saved state. @throws {TrainingError} when it is missing or of another shape. */
export function savedTensor(saved: Tensors, name: string, shape: readonly number[]): Tensor {
  const tensor = saved[name];
  if (tensor === undefined || tensor.shape.join() !== shape.join()) {
    throw new TrainingError(
      `checkpoint: '${name}' is [${tensor?.shape ?? "missing"}], expected [${shape}]: it was made with another network or data set`,
    );
  }
  return tensor;
}

/** Arrays of one size, one after the other. */
function stack<T extends Uint8Array | Int32Array>(parts: readonly T[]): T {
  const [first] = parts as [T];
  if (parts.length === 1) return first;
  const whole = new (first.constructor as new (length: number) => T)(first.length * parts.length);
  for (const [i, part] of parts.entries()) whole.set(part, i * first.length);
  return whole;
}
