/**
 * Training steps over a sample of the class centers: network forward, head, network backward. Class centers and their
 * optimizer state belong to the head; for a checkpoint they have the names that they have in the whole step's graph.
 */
import { random } from "../../base/core/index.ts";
import {
  compile,
  type LoweringChoices,
  type LoweringOptions,
  type Program,
  runOn,
  type Tensor,
  type Tensors,
} from "../../compiler/runtime/index.ts";
import { SampledHead } from "../heads/index.ts";
import { networkStep } from "./network-step.ts";
import { type Step, type StepResult, savedTensor, type TrainingProgram } from "./step-program.ts";
import { CENTERS, NEXT, type StepDescription, stateName } from "./training-step.ts";

type Parts = { readonly head: SampledHead; readonly forward: Program; readonly backward: Program };

export class SampledStepProgram implements TrainingProgram {
  readonly #step: StepDescription;
  readonly #parts: Parts;
  #network: Tensors;

  private constructor(step: StepDescription, parts: Parts, network: Tensors) {
    this.#step = step;
    this.#parts = parts;
    this.#network = network;
  }

  /** Compiles a step and fills its state by the initializers, each tensor from its own seeded stream. */
  static async create(step: StepDescription, seed: number, options: LoweringOptions = {}): Promise<SampledStepProgram> {
    const { network, loss, optimizer, batchSize, identityCount, sampleCenters: share = 1, centerInitializer } = step;
    const head = await SampledHead.create({
      loss,
      optimizer,
      identityCount,
      batchSize,
      share,
      embeddingSize: network.embeddingSize,
      seed,
      ...(options.threads === undefined ? {} : { threads: options.threads }),
      ...(centerInitializer === undefined ? {} : { initializer: centerInitializer }),
    });
    const graphs = networkStep(step);
    const backward = await compile(graphs.backward, options);
    // Its convolutions are among those of the way back, whose choices a checkpoint keeps.
    const forward = await compile(graphs.forward, { ...options, choices: backward.choices });
    const tensors = graphs.state.map(({ name, shape, initializer }): [string, Tensor] => [
      name,
      { type: "f32", shape, data: initializer(shape, random(seed, "initialize", name)) },
    ]);
    return new SampledStepProgram(step, { head, forward, backward }, Object.fromEntries(tensors));
  }

  get choices(): LoweringChoices {
    return this.#parts.backward.choices;
  }

  get identityCount(): number {
    return this.#parts.head.sampleSize;
  }

  get state(): Tensors {
    const tables = Object.entries(this.#parts.head.state);
    return { ...this.#network, ...Object.fromEntries(tables.map(([name, tensor]) => [checkpointName(name), tensor])) };
  }

  restore(saved: Tensors): void {
    const { head } = this.#parts;
    const tables = head.names.map((name) => [name, savedTensor(saved, checkpointName(name), head.shape)]);
    this.#network = Object.fromEntries(
      Object.entries(this.#network).map(([name, { shape }]) => [name, savedTensor(saved, name, shape)]),
    );
    head.restore(Object.fromEntries(tables));
  }

  async run(steps: readonly Step[]): Promise<StepResult[]> {
    const results: StepResult[] = [];
    for (const step of steps) results.push(await this.#run(step));
    return results;
  }

  async #run({ batch, scalars }: Step): Promise<StepResult> {
    const { batchSize, network } = this.#step;
    const { head, forward, backward } = this.#parts;
    const pixels: Tensor = { type: "u8", shape: [batchSize, ...network.inputSize, 3], data: batch.images };
    const { embeddings } = await runOn(forward.session, { ...this.#network, pixels });
    const { loss, accuracy, embeddingGradient } = await head.step(
      embeddings!.data as Float32Array,
      batch.labels,
      scalars,
    );
    const next = await runOn(backward.session, {
      ...this.#network,
      pixels,
      embeddingGradient: { ...embeddings!, data: embeddingGradient },
      learningRate: { type: "f32", shape: [], data: Float32Array.of(scalars.learningRate) },
      stepNumber: { type: "f32", shape: [], data: Float32Array.of(scalars.stepNumber) },
    });
    this.#network = Object.fromEntries(
      Object.entries(this.#network).map(([name, tensor]) => [name, next[NEXT + name] ?? tensor]),
    );
    return { loss, accuracy };
  }

  async close(): Promise<void> {
    const { head, forward, backward } = this.#parts;
    await head.close();
    await forward.session.close();
    await backward.session.close();
  }
}

/** A table's name in a checkpoint: "centers", "centers/velocity". */
const checkpointName = (table: string) => (table === CENTERS ? CENTERS : stateName(CENTERS, table));
