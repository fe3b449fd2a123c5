/**
 * A training program: compiled steps with their state. Three exist: the whole step in one graph (`WholeProgram`), a
 * step over a sample of class centers that are kept outside the graph (`SampledProgram`), and a step in two halves
 * between which gradients are averaged over processes (`SplitProgram`).
 */
import { random, TrainingError } from "../../../base/core/index.ts";
import type { LoweringChoices, LoweringOptions, Tensor, Tensors } from "../../../compiler/runtime/index.ts";
import { NOISE, type StepScalar, stepNoise } from "../../losses/index.ts";
import type { StateDescription, TensorRole } from "./training-step.ts";

/** Numbers that change from step to step: the learning rate, and those that the loss asks for, such as `margin`. */
export type StepScalars = {
  readonly learningRate: number;
  /** 1 in the first step. */
  readonly stepNumber: number;
  readonly [name: string]: number;
};

/** The results of a step. */
export type StepResult = {
  readonly loss: number;
  /** Share of the batch whose own class center has the highest plain cosine; undefined for a loss without centers. */
  readonly accuracy: number | undefined;
};

/** The images that a step learns from. */
export type StepBatch = {
  /** u8[batch, height, width, 3]. */
  readonly images: Uint8Array;
  /** i32[batch]. */
  readonly labels: Int32Array;
};

/** The inputs of one step. */
export type Step = { readonly batch: StepBatch; readonly scalars: StepScalars };

/** A tensor of the state, and its role in training. */
export type StateTensor = Tensor & { readonly role: TensorRole };

/** The state of a program by name. */
export type ProgramState = Readonly<Record<string, StateTensor>>;

/** A compiled training step with its state. */
export interface TrainingProgram {
  /** How convolution gradients are computed, kept in checkpoints: other choices round differently. */
  readonly choices: LoweringChoices;
  /** Identities among which a step classifies: all, or those of its sample. */
  readonly identityCount: number;
  /** The numbers that the loss asks for in each step, by name. */
  readonly scalars: ReadonlyMap<string, StepScalar>;
  /** The state by name, valid until the next step. */
  readonly state: ProgramState;
  /** Replaces the state by a saved one. @throws {TrainingError} when names or sizes differ. */
  restore(saved: Tensors): void;
  /** Runs steps one after the other. */
  run(steps: readonly Step[]): Promise<StepResult[]>;
  close(): Promise<void>;
}

/** How a program is compiled. */
export type ProgramOptions = LoweringOptions & {
  /** Of first values, samples of centers and noise. */
  readonly seed: number;
};

/** First values of a state, each tensor from its own seeded stream. */
export function initialState(state: readonly StateDescription[], seed: number): ProgramState {
  return Object.fromEntries(
    state.map(({ name, shape, initializer, role }) => [
      name,
      { type: "f32", shape, role, data: initializer(shape, random(seed, "initialize", name)) },
    ]),
  );
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

/** Copies a saved state into the tensors of a program. */
export function copyState(state: ProgramState, saved: Tensors): void {
  for (const [name, { shape, data }] of Object.entries(state)) {
    (data as Float32Array).set(savedTensor(saved, name, shape).data as Float32Array);
  }
}

/** A number of a step as a tensor. */
export const scalarTensor = (value: number): Tensor => ({ type: "f32", shape: [], data: Float32Array.of(value) });

/** How the inputs of a step are made. */
export type StepInputOptions = {
  readonly batchSize: number;
  readonly inputSize: readonly [number, number];
  /** The seed of the noise; undefined for a loss without noise. */
  readonly noiseSeed?: number | undefined;
  /** The number of this process among `size`, each with a part of the step's noise; default 0 of 1. */
  readonly rank?: number;
  readonly size?: number;
};

/** The inputs of one step except the state: pixels, labels, numbers and noise. */
export function stepInputs({ batch, scalars }: Step, options: StepInputOptions): Tensors {
  const { batchSize, inputSize, noiseSeed, rank = 0, size = 1 } = options;
  const noise = (seed: number) =>
    stepNoise(seed, scalars.stepNumber, size * batchSize).slice(rank * batchSize, (rank + 1) * batchSize);
  return {
    ...Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, scalarTensor(value)])),
    pixels: { type: "u8", shape: [batchSize, ...inputSize, 3], data: batch.images },
    labels: { type: "i32", shape: [batchSize], data: batch.labels },
    ...(noiseSeed === undefined ? {} : { [NOISE]: { type: "f32", shape: [batchSize, 1], data: noise(noiseSeed) } }),
  };
}
