/**
 * A training step, compiled, with its state. There are two sets of buffers for the state: a step reads one and writes
 * the other, and then they change places, so that an input and an output never share memory.
 */
import { random, TrainingError } from "../core/index.ts";
import { graphInputs } from "../graph/index.ts";
import {
  compile,
  type LoweringChoices,
  type LoweringOptions,
  type Session,
  type Tensor,
  type Tensors,
} from "../runtime/index.ts";
import { NEXT, type StepDescription, trainingStep } from "./training-step.ts";

/** Numbers that change from step to step. */
export type StepScalars = {
  readonly learningRate: number;
  /** Of the loss in this step; see the loss for its unit. */
  readonly margin: number;
  /** A-Softmax's annealing λ; unused by other losses. */
  readonly lambda: number;
  /** 1 in the first step. */
  readonly stepNumber: number;
};

export type StepResult = { readonly loss: number; readonly accuracy: number };

export type StepBatch = {
  /** u8[batch, height, width, 3]. */
  readonly images: Uint8Array;
  /** i32[batch]. */
  readonly labels: Int32Array;
};

type Parts = {
  readonly session: Session;
  readonly step: StepDescription;
  readonly scalarNames: readonly string[];
  readonly choices: LoweringChoices;
};

export class StepProgram {
  /** How convolution gradients are computed, to be kept with a checkpoint. */
  readonly choices: LoweringChoices;
  readonly #session: Session;
  readonly #step: StepDescription;
  readonly #scalarNames: readonly string[];
  #current: Record<string, Tensor>;
  #spare: Record<string, Tensor>;

  private constructor(parts: Parts, state: Record<string, Tensor>) {
    this.#session = parts.session;
    this.#step = parts.step;
    this.#scalarNames = parts.scalarNames;
    this.choices = parts.choices;
    this.#current = state;
    this.#spare = mapTensors(state, ({ type, shape, data }) => ({ type, shape, data: data.slice() }));
  }

  /** Compiles a step and fills its state by the initializers, each tensor from its own seeded stream. */
  static async create(step: StepDescription, seed: number, options: LoweringOptions = {}): Promise<StepProgram> {
    const { graph, state } = trainingStep(step);
    const { session, choices } = await compile(graph, options);
    const inputs = graphInputs(graph);
    const scalarNames = ["learningRate", "margin", "lambda", "stepNumber"].filter((name) => inputs.has(name));
    const tensors = state.map(({ name, shape, initializer }): [string, Tensor] => [
      name,
      { type: "f32", shape, data: initializer(shape, random(seed, "initialize", name)) },
    ]);
    return new StepProgram({ session, step, scalarNames, choices }, Object.fromEntries(tensors));
  }

  /** The state by name, valid until the next step. */
  get state(): Tensors {
    return this.#current;
  }

  /** Puts a saved state in place. @throws {TrainingError} when names or sizes differ. */
  restore(saved: Tensors): void {
    for (const [name, { shape, data }] of Object.entries(this.#current)) {
      const other = saved[name];
      if (other === undefined || other.shape.join() !== shape.join()) {
        throw new TrainingError(
          `checkpoint: '${name}' is [${other?.shape ?? "missing"}], expected [${shape}]: it was made with another network or data set`,
        );
      }
      (data as Float32Array).set(other.data as Float32Array);
    }
  }

  /** Runs one step. */
  async run({ images, labels }: StepBatch, scalars: StepScalars): Promise<StepResult> {
    const { batchSize, network } = this.#step;
    const feeds: Record<string, Tensor> = {
      ...this.#current,
      pixels: { type: "u8", shape: [batchSize, ...network.inputSize, 3], data: images },
      labels: { type: "i32", shape: [batchSize], data: labels },
    };
    for (const name of this.#scalarNames) {
      feeds[name] = { type: "f32", shape: [], data: Float32Array.of(scalars[name as keyof StepScalars]) };
    }
    const into = Object.fromEntries(
      this.#session.outputNames.flatMap((name) =>
        name.startsWith(NEXT) ? [[name, this.#spare[name.slice(NEXT.length)]!]] : [],
      ),
    );
    const results = await this.#session.run(feeds, into);
    const written = this.#current;
    this.#current = mapTensors(written, (tensor, name) =>
      into[NEXT + name] === undefined ? tensor : this.#spare[name]!,
    );
    this.#spare = mapTensors(written, (tensor, name) =>
      into[NEXT + name] === undefined ? this.#spare[name]! : tensor,
    );
    return { loss: results.loss!.data[0] as number, accuracy: results.accuracy!.data[0] as number };
  }

  /** Ends profiling, if the session was asked for it. */
  endProfiling(): void {
    this.#session.endProfiling();
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

function mapTensors(tensors: Tensors, change: (tensor: Tensor, name: string) => Tensor): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor, name)]));
}
