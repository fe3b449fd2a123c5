/**
 * Classification over up to millions of identities on one machine. Softmax needs every class center, and with them
 * their gradients and velocities; but most of the denominator comes from centers that hardly matter, and a random share
 * of them serves as well (PartialFC). So a step takes the centers of the batch's own identities and a sample of the
 * others. Centers and optimizer state stay outside the graphs, in one table each, from which a step takes rows, a block
 * at a time: beside the tables only blocks are in memory, and the time of a step depends on the sample's size, not on
 * the number of identities.
 *
 * The sample of a step is a function of seed and step number, so that a resumed run needs no more than these.
 *
 * @see An et al., Partial FC, ICCV workshops 2021: https://arxiv.org/abs/2010.05222
 */
import { OptionError, random, requireInteger, ShapeError, TrainingError } from "../../base/core/index.ts";
import { compile, runOn, type Session, type Tensor, type Tensors } from "../../compiler/runtime/index.ts";
import {
  at,
  CENTER_SHARES,
  CENTERS,
  type FaceLoss,
  floats,
  NOISE,
  type StepScalar,
  stepNoise,
  updateShares,
} from "../losses/index.ts";
import { constantly, type Initializer, type Statistic, xavierFanIn } from "../nn/index.ts";
import type { Optimizer } from "../optim/index.ts";
import { type BlockDescription, type BlockLoss, buildBlock, NEXT, scoresGraph, updateGraph } from "./block-graphs.ts";
import { IdentitySampler } from "./identity-sampler.ts";
import { LossParameters } from "./loss-parameters.ts";
import { SampleCosts } from "./sample-costs.ts";
import { GRADIENT, OWN_ROWS, PENALTY, type SamplePartGraphs, samplePart } from "./sample-part.ts";
import { SampleSoftmax } from "./sample-softmax.ts";
import { scatterRows } from "./table-rows.ts";

/** The parts of a head, and how it runs. */
export type SampledHeadOptions = {
  /** A loss that can be sampled (`canSample`), such as cosface. */
  readonly loss: FaceLoss;
  readonly optimizer: Optimizer;
  readonly identityCount: number;
  readonly embeddingSize: number;
  readonly batchSize: number;
  /** Share of the identities whose centers take part in a step, in (0, 1]; those of the batch always do. */
  readonly share: number;
  /** Of first values, samples and noise; default 0. */
  readonly seed?: number;
  /** First values of the centers; default: xavier, as without sampling. */
  readonly initializer?: Initializer;
  /** Identities in a block, at most; default 2048, whose few megabytes stay in a processor's cache. */
  readonly blockSize?: number;
  /** Threads of the CPU, where the tables are; default: all cores. */
  readonly threads?: number;
};

/** Numbers that change from step to step: the learning rate, and those that the loss asks for, such as `margin`. */
export type HeadScalars = {
  readonly learningRate: number;
  /** 1 in the first step; with the seed it decides the sample and the noise. */
  readonly stepNumber: number;
  readonly [name: string]: number;
};

/** The results of a step, beside the centers that it moves. */
export type HeadStep = {
  /** Mean over the batch of −log p, with p among the sampled identities, and the loss's penalty. */
  readonly loss: number;
  /** Share of the batch whose own center has a higher plain cosine than every other of the sample. */
  readonly accuracy: number;
  /** f32[batch, size]: ∂loss/∂embeddings. */
  readonly embeddingGradient: Float32Array;
};

/** `scores` is undefined for a loss with costs. */
type BlockProgram = { readonly scores: Session | undefined; readonly update: Session };

type SampleProgram = { readonly forward: Session; readonly backward: Session | undefined };

/** Some of the sample. */
type Block = { readonly rows: Uint32Array; readonly program: BlockProgram; readonly inputs: Tensors };

type Parts = {
  readonly sizes: SampleSizes;
  /** By the number of identities: all blocks have as many, except perhaps the last. */
  readonly programs: ReadonlyMap<number, BlockProgram>;
  readonly samples: SampleProgram | undefined;
  readonly statistics: readonly Omit<Statistic, "value" | "next">[];
  readonly scalars: ReadonlyMap<string, StepScalar>;
  readonly perIdentity: number;
  readonly kind: BlockLoss["kind"];
  readonly parameters: LossParameters;
};

/** Class centers, their optimizer state, and training steps over samples of them. */
export class SampledHead {
  readonly #options: SampledHeadOptions;
  readonly #parts: Parts;
  readonly #sampler: IdentitySampler;
  #tables: ReadonlyMap<string, Float32Array> | undefined;
  #statistics: Tensors;

  private constructor(options: SampledHeadOptions, parts: Parts) {
    const { identityCount, seed = 0 } = options;
    this.#options = options;
    this.#parts = parts;
    this.#sampler = new IdentitySampler(identityCount, parts.sizes.sampleSize, seed);
    this.#statistics = Object.fromEntries(
      parts.statistics.map(({ name, shape, initializer }) => [
        name,
        f32(shape, initializer(shape, random(seed, "initialize", name))),
      ]),
    );
  }

  /**
   * Compiles the head.
   *
   * @throws {OptionError} for a loss that cannot be sampled, or an option out of range.
   */
  static async create(options: SampledHeadOptions): Promise<SampledHead> {
    const { threads = 0, optimizer } = options;
    const sizes = sampleSizes(options);
    const built = buildBlocks(options, sizes);
    const sample = samplePart(built.first.scope, built.first.penalty, {
      ...options,
      rowCount: sizes.blockSize,
      sampleSize: sizes.sampleSize,
    });
    const programs = new Map<number, BlockProgram>();
    for (const [rowCount, block] of built.blocks) {
      const scores = block.kind === "logits" ? (await compile(scoresGraph(block), { threads })).session : undefined;
      const update = updateGraph(block, optimizer, sample?.backward !== undefined);
      programs.set(rowCount, { scores, update: (await compile(update, { threads })).session });
    }
    const { scope, kind } = built.first;
    const perIdentity = scope.centersPerIdentity || 1;
    return new SampledHead(options, {
      sizes,
      programs,
      samples: await compileSamplePart(sample, threads),
      statistics: [...(sample?.statistics ?? []), ...sharesOf(options.identityCount, perIdentity)],
      scalars: new Map([...scope.scalars, ...(sample?.scalars ?? [])]),
      perIdentity,
      kind,
      parameters: await LossParameters.create(scope.store.parameters, { optimizer, seed: options.seed ?? 0, threads }),
    });
  }

  /** Identities that take part in a step. */
  get sampleSize(): number {
    return this.#parts.sizes.sampleSize;
  }

  /** The numbers that the loss asks for in a step, by name. */
  get scalars(): ReadonlyMap<string, StepScalar> {
    return this.#parts.scalars;
  }

  /** Names of the tables: "centers", and those of the optimizer. */
  get names(): readonly string[] {
    return [CENTERS, ...this.#options.optimizer.stateNames];
  }

  /** Of each table: [class centers, size]. */
  get shape(): readonly [number, number] {
    return [this.#options.identityCount * this.#parts.perIdentity, this.#options.embeddingSize];
  }

  /**
   * "centers" f32[class centers, size] and the optimizer's state of that shape, by name: the tables themselves, no
   * copies.
   */
  get state(): Tensors {
    return Object.fromEntries(
      [...this.#filled()].map(([name, data]) => [name, { type: "f32", shape: this.shape, data }]),
    );
  }

  /** The loss's running statistics by name, and the shares of several centers an identity. */
  get statistics(): Tensors {
    return this.#statistics;
  }

  /** The loss's parameters beside the class centers, by name, such as a bias. */
  get parameters(): Tensors {
    return this.#parts.parameters.values;
  }

  /** The optimizer's state for these parameters, by names such as "bias/velocity". */
  get parameterState(): Tensors {
    return this.#parts.parameters.state;
  }

  /**
   * Takes a saved state over, without copying it: the tables of `state`, and the loss's statistics and parameters with
   * their state.
   *
   * @throws {TrainingError} when a tensor is missing or of another shape.
   */
  restore(saved: Tensors): void {
    const tables = this.names.map(
      (name) => [name, requireSaved(saved, name, this.shape).data as Float32Array] as const,
    );
    this.#statistics = Object.fromEntries(
      Object.entries(this.#statistics).map(([name, { shape }]) => [name, requireSaved(saved, name, shape)]),
    );
    this.#parts.parameters.restore((name, shape) => requireSaved(saved, name, shape));
    this.#tables = new Map(tables);
  }

  /**
   * One step: gives the loss and its gradient for the embeddings, and moves the sampled centers in place. The others
   * stay as they are: without a gradient they get no weight decay either, and their velocity does not fade.
   *
   * @param embeddings f32[batch, size], not normalized.
   * @param labels i32[batch], each in [0, identities).
   */
  async step(embeddings: Float32Array, labels: Int32Array, scalars: HeadScalars): Promise<HeadStep> {
    const { batchSize, embeddingSize } = this.#options;
    const { parameters, kind, perIdentity } = this.#parts;
    if (embeddings.length !== batchSize * embeddingSize || labels.length !== batchSize) {
      throw new ShapeError(
        `sampled head: got ${embeddings.length} numbers and ${labels.length} labels, expected ${batchSize} × ${embeddingSize} and ${batchSize}`,
      );
    }
    const tables = this.#filled();
    const sample = this.#sampler.draw(labels, scalars.stepNumber);
    const shared: Tensors = {
      ...this.state,
      ...parameters.values,
      embeddings: f32([batchSize, embeddingSize], embeddings),
      ...Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, f32([], Float32Array.of(value))])),
    };
    const samples = await this.#runSamples(shared, labels, scalars.stepNumber);

    const softmax =
      kind === "logits" ? await this.#softmax(sample, labels, { ...shared, ...samples.values }) : undefined;
    const costs = new SampleCosts(batchSize);
    const gradients = new Sums();
    for (const { program, inputs, rows } of this.#blocks(sample, labels)) {
      const results = await runOn(program.update, { ...shared, ...samples.values, ...softmax?.inputs, ...inputs });
      gradients.add(results, (name) => !name.startsWith(NEXT));
      if (softmax === undefined) costs.add(results);
      for (const [name, table] of tables) {
        scatterRows(table, rows, embeddingSize, floats(results, NEXT + name));
      }
    }
    gradients.add(await samples.backward(gradients.tensors([batchSize, 1])), () => true);
    await parameters.update((name) => gradients.of(name), shared);
    this.#statistics = samples.statistics;
    if (perIdentity > 1) {
      updateShares(floats(this.#statistics, CENTER_SHARES), perIdentity, labels, gradients.of("nearest"));
    }
    const { loss, accuracy } = softmax ?? costs.finish();
    return { loss: loss + samples.penalty, accuracy, embeddingGradient: gradients.of("embeddingGradient") };
  }

  async close(): Promise<void> {
    const { programs, samples, parameters } = this.#parts;
    await parameters.close();
    for (const { scores, update } of programs.values()) {
      await scores?.close();
      await update.close();
    }
    await samples?.forward.close();
    await samples?.backward?.close();
  }

  /** The first pass over the blocks: the softmax of each image, and the inputs of the second. */
  async #softmax(sample: Uint32Array, labels: Int32Array, shared: Tensors) {
    const { batchSize } = this.#options;
    const softmax = new SampleSoftmax(batchSize);
    for (const { program, inputs } of this.#blocks(sample, labels)) {
      if (program.scores === undefined) throw new TrainingError("internal: no program for logits");
      softmax.add(await runOn(program.scores, { ...shared, ...inputs }));
    }
    const { loss, accuracy, logSum, missing } = softmax.finish();
    return {
      loss,
      accuracy,
      inputs: { logSum: f32([batchSize, 1], logSum), missing: f32([batchSize, 1], missing) },
    };
  }

  /** The loss's per-sample part: its values, its penalty, the next statistics, and its part of the gradient. */
  async #runSamples(shared: Tensors, labels: Int32Array, stepNumber: number) {
    const { samples, perIdentity } = this.#parts;
    const { batchSize, seed = 0 } = this.#options;
    if (samples === undefined) {
      return { values: {}, penalty: 0, statistics: this.#statistics, backward: async (): Promise<Tensors> => ({}) };
    }
    const inputs: Tensors = {
      ...shared,
      ...this.#statistics,
      [OWN_ROWS]: i32(Int32Array.from(rowsOf(labels, perIdentity))),
      [NOISE]: f32([batchSize, 1], stepNoise(seed, stepNumber, batchSize)),
    };
    const values = await runOn(samples.forward, inputs);
    return {
      values,
      penalty: values[PENALTY] === undefined ? 0 : Number(values[PENALTY].data[0]),
      statistics: Object.fromEntries(
        Object.entries(this.#statistics).map(([name, before]) => [name, values[NEXT + name] ?? before]),
      ),
      backward: async (gradients: Tensors): Promise<Tensors> =>
        samples.backward === undefined
          ? {}
          : runOn(samples.backward, { ...inputs, ...gradients, [GRADIENT + PENALTY]: f32([], Float32Array.of(1)) }),
    };
  }

  /** The tables, which are filled when they are first needed: a state that is restored instead may be of gigabytes. */
  #filled(): ReadonlyMap<string, Float32Array> {
    const { seed = 0, initializer = xavierFanIn, optimizer } = this.#options;
    this.#tables ??= new Map([
      [CENTERS, initializer(this.shape, random(seed, "initialize", CENTERS))],
      ...optimizer.stateNames.map((name) => [name, new Float32Array(this.shape[0] * this.shape[1])] as const),
    ]);
    return this.#tables;
  }

  /** The sample a block at a time. */
  *#blocks(sample: Uint32Array, labels: Int32Array): Generator<Block> {
    const { sizes, programs, perIdentity } = this.#parts;
    for (let start = 0; start < sample.length; start += sizes.blockSize) {
      const identities = sample.subarray(start, start + sizes.blockSize);
      const program = programs.get(identities.length);
      if (program === undefined) throw new TrainingError(`internal: no program for ${identities.length} identities`);
      const rows = rowsOf(identities, perIdentity);
      const inputs: Tensors = {
        identities: i32(Int32Array.from(rows)),
        labels: i32(labels.map((label) => indexOf(label, identities))),
      };
      yield { rows, program, inputs };
    }
  }
}

/** Sums of tensors by name, in f64. */
class Sums {
  readonly #sums = new Map<string, Float64Array>();

  add(tensors: Tensors, isWanted: (name: string) => boolean): void {
    for (const name of Object.keys(tensors).filter(isWanted)) {
      const part = floats(tensors, name);
      const sum = this.#sums.get(name) ?? new Float64Array(part.length);
      this.#sums.set(name, sum);
      for (let i = 0; i < part.length; i++) sum[i]! += part[i]!;
    }
  }

  of(name: string): Float32Array {
    return Float32Array.from(this.#sums.get(name) ?? []);
  }

  /** The gradients of per-sample values. */
  tensors(shape: readonly number[]): Tensors {
    const names = [...this.#sums.keys()].filter((name) => name.startsWith(GRADIENT));
    return Object.fromEntries(names.map((name) => [name, f32(shape, this.of(name))]));
  }
}

/** The shares of several centers an identity: see center-shares.ts. */
function sharesOf(identityCount: number, perIdentity: number): Omit<Statistic, "value" | "next">[] {
  if (perIdentity === 1) return [];
  return [{ name: CENTER_SHARES, shape: [identityCount, perIdentity], initializer: constantly(1 / perIdentity) }];
}

/** The loss on a block of each size. @throws {OptionError} for a loss that cannot be sampled. */
function buildBlocks(options: SampledHeadOptions, { sampleSize, blockSize }: SampleSizes) {
  const { loss } = options;
  const build = (rowCount: number): BlockLoss => {
    const description: BlockDescription = { ...options, rowCount, sampleSize };
    const block = loss.canSample === true ? buildBlock(description) : undefined;
    if (block !== undefined) return block;
    throw new OptionError(
      `sampled head: got loss '${loss.name}', expected one that needs no more than a sample of the class centers, such as cosface`,
    );
  };
  const first = build(blockSize);
  const lastSize = sampleSize % blockSize || blockSize;
  const blocks = new Map([[blockSize, first]]);
  if (lastSize !== blockSize) blocks.set(lastSize, build(lastSize));
  return { first, blocks };
}

async function compileSamplePart(
  graphs: SamplePartGraphs | undefined,
  threads: number,
): Promise<SampleProgram | undefined> {
  if (graphs === undefined) return undefined;
  const { session: forward } = await compile(graphs.forward, { threads });
  const backward = graphs.backward && (await compile(graphs.backward, { threads })).session;
  return { forward, backward };
}

type SampleSizes = { readonly sampleSize: number; readonly blockSize: number };

/**
 * How many identities take part, and how many of them a block has. A sample grows a little, to be blocks of one size.
 */
function sampleSizes({ identityCount, batchSize, share, blockSize = 2048 }: SampledHeadOptions): SampleSizes {
  requireInteger("sampled head: identities", identityCount, 2);
  requireInteger("sampled head: block size", blockSize, 1);
  if (!(share > 0 && share <= 1)) {
    throw new OptionError(`sampled head: share of the centers: got ${share}, expected a number in (0, 1]`);
  }
  const wanted = Math.min(identityCount, Math.max(batchSize, Math.round(share * identityCount)));
  const blockCount = Math.ceil(wanted / blockSize);
  const rowCount = Math.ceil(wanted / blockCount);
  return { sampleSize: Math.min(identityCount, blockCount * rowCount), blockSize: rowCount };
}

function requireSaved(saved: Tensors, name: string, expected: readonly number[]): Tensor {
  const tensor = saved[name];
  if (tensor !== undefined && tensor.shape.join() === expected.join()) return tensor;
  throw new TrainingError(
    `sampled head: '${name}' is [${tensor?.shape ?? "missing"}], expected [${expected}]: it was saved with other identities or sizes`,
  );
}

/** Rows of the table for identities: those of all their class centers. */
function rowsOf(identities: Uint32Array | Int32Array, perIdentity: number): Uint32Array {
  if (perIdentity === 1) return Uint32Array.from(identities);
  return Uint32Array.from({ length: identities.length * perIdentity }, (_, i) => {
    return at(identities, Math.floor(i / perIdentity)) * perIdentity + (i % perIdentity);
  });
}

/** Index of an identity among some in rising order, −1 where it is missing. */
function indexOf(identity: number, identities: Uint32Array): number {
  let low = 0;
  let high = identities.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(identities, middle) < identity) low = middle + 1;
    else high = middle;
  }
  return identities[low] === identity ? low : -1;
}

const i32 = (data: Int32Array): Tensor => ({ type: "i32", shape: [data.length], data });
const f32 = (shape: readonly number[], data: Float32Array): Tensor => ({ type: "f32", shape, data });
