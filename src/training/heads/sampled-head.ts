/**
 * Classification over up to millions of identities on one machine. Softmax needs every class center, and with them their
 * gradients and velocities; but most of the denominator comes from centers that hardly matter, and a random share of them
 * serves as well (PartialFC). So a step takes the centers of the batch's own identities and a sample of the others. Centers
 * and optimizer state stay outside the graphs, in one table each, from which a step takes rows, a block at a time: beside
 * the tables there are blocks alone, and the time of a step depends on the sample's size, not on the number of identities.
 *
 * The sample of a step is a function of seed and step number, so that there is nothing to keep for a resumed run.
 *
 * @see An et al., Partial FC, ICCV workshops 2021: https://arxiv.org/abs/2010.05222
 */
import { OptionError, random, requireInteger, ShapeError, TrainingError } from "../../base/core/index.ts";
import { compile, runOn, type Session, type Tensor, type Tensors } from "../../compiler/runtime/index.ts";
import type { FaceLoss, LogitLoss } from "../losses/index.ts";
import { type Initializer, xavierFanIn } from "../nn/index.ts";
import type { Optimizer } from "../optim/index.ts";
import { CENTERS, NEXT, scoresGraph, updateGraph } from "./block-graphs.ts";
import { IdentitySampler } from "./identity-sampler.ts";
import { SampleSoftmax } from "./sample-softmax.ts";
import { scatterRows } from "./table-rows.ts";

/** What a head is made of, and how it runs. */
export type SampledHeadOptions = {
  /** A loss of logits alone: softmax, nsl, lsoftmax, asoftmax, cosface, arcface or combined. */
  readonly loss: FaceLoss;
  readonly optimizer: Optimizer;
  readonly identityCount: number;
  readonly embeddingSize: number;
  readonly batchSize: number;
  /** Share of the identities whose centers take part in a step, in (0, 1]; those of the batch always do. */
  readonly share: number;
  /** Of first values and samples; default 0. */
  readonly seed?: number;
  /** First values of the centers; default: xavier, as without sampling. */
  readonly initializer?: Initializer;
  /** Centers in a block, at most; default 2048, whose few megabytes stay in a processor's cache. */
  readonly blockSize?: number;
  /** Threads of the CPU, where the tables are; default: all cores. */
  readonly threads?: number;
};

/** Numbers that change from step to step. */
export type HeadScalars = {
  readonly learningRate: number;
  /** Of the loss in this step; see the loss for its unit. */
  readonly margin: number;
  /** A-Softmax's annealing λ; unused by other losses. */
  readonly lambda: number;
  /** 1 in the first step; with the seed it decides the sample. */
  readonly stepNumber: number;
};

/** What a step gives, beside the centers that it moves. */
export type HeadStep = {
  /** Mean over the batch of −log p, with p among the sampled identities. */
  readonly loss: number;
  /** Share of the batch whose own center has a higher plain cosine than every other of the sample. */
  readonly accuracy: number;
  /** f32[batch, size]: ∂loss/∂embeddings. */
  readonly embeddingGradient: Float32Array;
};

type BlockProgram = { readonly scores: Session; readonly update: Session };

/** Some of the sample. */
type Block = { readonly identities: Uint32Array; readonly program: BlockProgram; readonly inputs: Tensors };

/** Class centers, their optimizer state, and training steps over samples of them. */
export class SampledHead {
  readonly #options: SampledHeadOptions;
  readonly #sampler: IdentitySampler;
  readonly #blockSize: number;
  /** By the number of rows: all blocks have as many, but perhaps the last. */
  readonly #programs: ReadonlyMap<number, BlockProgram>;
  #tables: ReadonlyMap<string, Float32Array> | undefined;
  /** Identities that take part in a step. */
  readonly sampleSize: number;

  private constructor(
    options: SampledHeadOptions,
    { sampleSize, blockSize }: SampleSizes,
    programs: ReadonlyMap<number, BlockProgram>,
  ) {
    const { identityCount, seed = 0 } = options;
    this.#options = options;
    this.#programs = programs;
    this.#blockSize = blockSize;
    this.#sampler = new IdentitySampler(identityCount, sampleSize, seed);
    this.sampleSize = sampleSize;
  }

  /**
   * Compiles the head.
   *
   * @throws {OptionError} for a loss that compares samples or keeps class means, or an option out of range.
   */
  static async create(options: SampledHeadOptions): Promise<SampledHead> {
    const { threads = 0 } = options;
    const loss = requireLogitLoss(options.loss);
    const sizes = sampleSizes(options);
    const lastSize = sizes.sampleSize % sizes.blockSize || sizes.blockSize;
    const programs = new Map<number, BlockProgram>();
    for (const rowCount of new Set([sizes.blockSize, lastSize])) {
      const block = { ...options, loss, rowCount };
      const { session: scores } = await compile(scoresGraph(block), { threads });
      const { session: update } = await compile(updateGraph(block), { threads });
      programs.set(rowCount, { scores, update });
    }
    return new SampledHead(options, sizes, programs);
  }

  /** Names of the tables: "centers", and the optimizer's. */
  get names(): readonly string[] {
    return [CENTERS, ...this.#options.optimizer.stateNames];
  }

  /** Of each table: [identities, size]. */
  get shape(): readonly [number, number] {
    return [this.#options.identityCount, this.#options.embeddingSize];
  }

  /** "centers" f32[identities, size] and the optimizer's state, of that shape, by name: the tables themselves, no copies. */
  get state(): Tensors {
    return Object.fromEntries(
      [...this.#filled()].map(([name, data]) => [name, { type: "f32", shape: this.shape, data }]),
    );
  }

  /**
   * Takes a saved state over, without copying it.
   *
   * @throws {TrainingError} when a table is missing or of another shape.
   */
  restore(saved: Tensors): void {
    this.#tables = new Map(
      this.names.map((name) => {
        const { shape = ["missing"], data } = saved[name] ?? {};
        if (shape.join() !== this.shape.join()) {
          throw new TrainingError(
            `sampled head: '${name}' is [${shape}], expected [${this.shape}]: it was saved with other identities or sizes`,
          );
        }
        return [name, data as Float32Array];
      }),
    );
  }

  /**
   * One step: gives the loss and its gradient for the embeddings, and moves the sampled centers in place. The others stay
   * as they are: without a gradient they get no weight decay either, and their velocity does not fade.
   *
   * @param embeddings f32[batch, size], not normalized.
   * @param labels i32[batch], each in [0, identities).
   */
  async step(embeddings: Float32Array, labels: Int32Array, scalars: HeadScalars): Promise<HeadStep> {
    const { batchSize, embeddingSize } = this.#options;
    if (embeddings.length !== batchSize * embeddingSize || labels.length !== batchSize) {
      throw new ShapeError(
        `sampled head: got ${embeddings.length} numbers and ${labels.length} labels, expected ${batchSize} × ${embeddingSize} and ${batchSize}`,
      );
    }
    const tables = this.#filled();
    const sample = this.#sampler.draw(labels, scalars.stepNumber);
    const shared: Tensors = {
      ...this.state,
      embeddings: f32([batchSize, embeddingSize], embeddings),
      ...Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, f32([], Float32Array.of(value))])),
    };

    const softmax = new SampleSoftmax(batchSize);
    for (const { program, inputs } of this.#blocks(sample, labels)) {
      softmax.add(await runOn(program.scores, { ...shared, ...inputs }));
    }
    const { loss, accuracy, logSum, missing } = softmax.finish();

    const perSample = { logSum: f32([batchSize, 1], logSum), missing: f32([batchSize, 1], missing) };
    const gradient = new Float64Array(embeddings.length);
    for (const { program, inputs, identities } of this.#blocks(sample, labels)) {
      const results = await runOn(program.update, { ...shared, ...perSample, ...inputs });
      const part = results.embeddingGradient!.data as Float32Array;
      for (let i = 0; i < gradient.length; i++) gradient[i]! += part[i]!;
      for (const [name, table] of tables) {
        scatterRows(table, identities, embeddingSize, results[NEXT + name]!.data as Float32Array);
      }
    }
    return { loss, accuracy, embeddingGradient: Float32Array.from(gradient) };
  }

  async close(): Promise<void> {
    for (const { scores, update } of this.#programs.values()) {
      await scores.close();
      await update.close();
    }
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
    for (let start = 0; start < sample.length; start += this.#blockSize) {
      const identities = sample.subarray(start, start + this.#blockSize);
      const inputs: Tensors = {
        identities: i32(Int32Array.from(identities)),
        labels: i32(labels.map((label) => placeOf(label, identities))),
      };
      yield { identities, program: this.#programs.get(identities.length)!, inputs };
    }
  }
}

type SampleSizes = { readonly sampleSize: number; readonly blockSize: number };

/** How many identities take part, and how many of them a block has. A sample grows a little, to be blocks of one size. */
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

function requireLogitLoss(loss: FaceLoss): LogitLoss {
  const { logits, penalty, nextMeans } = loss;
  if (logits === undefined || penalty !== undefined || nextMeans !== undefined) {
    throw new OptionError(
      `sampled head: got loss '${loss.name}', expected one of logits alone, such as cosface: others need all class centers`,
    );
  }
  return { ...loss, logits };
}

/** Place of an identity among some in rising order, −1 where it is not there. */
function placeOf(identity: number, identities: Uint32Array): number {
  let low = 0;
  let high = identities.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (identities[middle]! < identity) low = middle + 1;
    else high = middle;
  }
  return identities[low] === identity ? low : -1;
}

const i32 = (data: Int32Array): Tensor => ({ type: "i32", shape: [data.length], data });
const f32 = (shape: readonly number[], data: Float32Array): Tensor => ({ type: "f32", shape, data });
