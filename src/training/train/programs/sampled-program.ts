/**
 * Training steps over a sample of the class centers: network forward, head, network backward. Class centers and their
 * optimizer state belong to the head; a checkpoint names them as the whole step's graph does.
 */
import {
  compile,
  type LoweringChoices,
  type Program,
  runOn,
  type Tensor,
  type Tensors,
} from "../../../compiler/runtime/index.ts";
import { SampledHead } from "../../heads/index.ts";
import { CENTERS, floats, type StepScalar } from "../../losses/index.ts";
import { networkStep } from "./network-step.ts";
import {
  initialState,
  type ProgramOptions,
  type ProgramState,
  type StateTensor,
  type Step,
  type StepResult,
  savedTensor,
  stepInputs,
  type TrainingProgram,
} from "./program.ts";
import { NEXT, type StepDescription, stateName, type TensorRole } from "./training-step.ts";

type Parts = { readonly head: SampledHead; readonly forward: Program; readonly backward: Program };

/** A step over a sample of the class centers, which are kept outside the graph. */
export class SampledProgram implements TrainingProgram {
  readonly #step: StepDescription;
  readonly #parts: Parts;
  #network: ProgramState;

  private constructor(step: StepDescription, parts: Parts, network: ProgramState) {
    this.#step = step;
    this.#parts = parts;
    this.#network = network;
  }

  /** Compiles a step and fills its state by the initializers, each tensor from its own seeded stream. */
  static async create(step: StepDescription, { seed, ...options }: ProgramOptions): Promise<SampledProgram> {
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
    // Its convolutions are among those of the backward graph, whose choices a checkpoint keeps.
    const forward = await compile(graphs.forward, { ...options, choices: backward.choices });
    return new SampledProgram(step, { head, forward, backward }, initialState(graphs.state, seed));
  }

  get choices(): LoweringChoices {
    return this.#parts.backward.choices;
  }

  get identityCount(): number {
    return this.#parts.head.sampleSize;
  }

  get scalars(): ReadonlyMap<string, StepScalar> {
    return this.#parts.head.scalars;
  }

  get state(): ProgramState {
    const { head } = this.#parts;
    const withRole = (tensor: Tensor, role: TensorRole): StateTensor => ({ ...tensor, role });
    const tables = Object.entries(head.state).map(([name, tensor]) => [
      checkpointName(name),
      withRole(tensor, name === CENTERS ? "center" : "optimizer"),
    ]);
    const statistics = Object.entries(head.statistics).map(([name, tensor]) => [name, withRole(tensor, "statistic")]);
    const parameters = Object.entries(head.parameters).map(([name, tensor]) => [name, withRole(tensor, "parameter")]);
    const state = Object.entries(head.parameterState).map(([name, tensor]) => [name, withRole(tensor, "optimizer")]);
    return { ...this.#network, ...Object.fromEntries([...tables, ...statistics, ...parameters, ...state]) };
  }

  restore(saved: Tensors): void {
    const { head } = this.#parts;
    const tables = head.names.map((name) => [name, savedTensor(saved, checkpointName(name), head.shape)]);
    const others = Object.entries({ ...head.statistics, ...head.parameters, ...head.parameterState });
    const kept = others.map(([name, { shape }]) => [name, savedTensor(saved, name, shape)]);
    this.#network = Object.fromEntries(
      Object.entries(this.#network).map(([name, tensor]) => [
        name,
        { ...tensor, data: savedTensor(saved, name, tensor.shape).data },
      ]),
    );
    head.restore(Object.fromEntries([...tables, ...kept]));
  }

  async run(steps: readonly Step[]): Promise<StepResult[]> {
    const results: StepResult[] = [];
    for (const step of steps) results.push(await this.#run(step));
    return results;
  }

  async #run(step: Step): Promise<StepResult> {
    const { batchSize, network } = this.#step;
    const { head, forward, backward } = this.#parts;
    // The head makes the loss's noise.
    const inputs = { ...stepInputs(step, { batchSize, inputSize: network.inputSize }), ...this.#network };
    const embeddings = floats(await runOn(forward.session, inputs), "embeddings");
    const { loss, accuracy, embeddingGradient } = await head.step(embeddings, step.batch.labels, step.scalars);
    const next = await runOn(backward.session, {
      ...inputs,
      embeddingGradient: { type: "f32", shape: [batchSize, network.embeddingSize], data: embeddingGradient },
    });
    this.#network = Object.fromEntries(
      Object.entries(this.#network).map(([name, tensor]) => [name, { ...tensor, ...next[NEXT + name] }]),
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
