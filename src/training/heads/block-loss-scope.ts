import { OptionError } from "../../base/core/index.ts";
import { gather, input, type Operand, type Value } from "../../compiler/graph/index.ts";
import {
  CENTERS,
  cosines,
  type LossScope,
  marginScalar,
  type RunningStatistic,
  type SampleScope,
  type StepScalar,
} from "../losses/index.ts";
import { type Initializer, type ParameterOptions, Scope } from "../nn/index.ts";

/** The sizes of a block of class centers. */
export type BlockSize = {
  readonly batchSize: number;
  readonly embeddingSize: number;
  /** Identities in the tables. */
  readonly identityCount: number;
  /** Identities in the block. */
  readonly rowCount: number;
  /** Identities in the sample of a step. */
  readonly sampleSize: number;
};

/** Prefix of a per-sample value among inputs and outputs. */
export const SAMPLE = "sample/";

/** Computes a value f32[batch, 1] once for all blocks. */
export type SamplePart = (scope: SampleScope) => Value;

/**
 * The scope of a loss in one block of the class centers. Per-sample values are inputs: how they are computed is
 * recorded in `sampleParts` for the graph that runs once before the blocks.
 */
export class BlockLossScope implements LossScope {
  readonly embeddings: Value;
  readonly labels: Value;
  readonly batchSize: number;
  readonly identityCount: number;
  readonly comparedCount: number;
  /** The numbers that change by step, by the names of the graph's inputs. */
  readonly scalars = new Map<string, StepScalar>();
  /** The per-sample values by name: how each is computed, and the input that stands for it. */
  readonly sampleParts = new Map<string, { readonly make: SamplePart; readonly input: Value }>();
  /** The loss's parameters beside the class centers. */
  readonly store = new Scope(true);
  readonly #size: BlockSize;
  readonly #inputs = new Map<string, Value>();
  readonly #cosines = new Map<number, Value>();
  #rows: Value | undefined;
  #centers: Value | undefined;
  #centersPerIdentity = 0;

  constructor(size: BlockSize) {
    const { batchSize, embeddingSize, rowCount, sampleSize } = size;
    this.#size = size;
    this.comparedCount = sampleSize;
    this.batchSize = batchSize;
    this.identityCount = rowCount;
    this.embeddings = input("embeddings", "f32", [batchSize, embeddingSize]);
    this.labels = input("labels", "i32", [batchSize]);
  }

  /** Class centers an identity that the loss asked for; 0 for a loss without class centers. */
  get centersPerIdentity(): number {
    return this.#centersPerIdentity;
  }

  /** The block's rows of a table with as many rows as class centers: f32[rows, size]. */
  rowsOf(table: string): Value {
    const { identityCount, embeddingSize, rowCount } = this.#size;
    const perIdentity = this.#centersPerIdentity || 1;
    this.#rows ??= input("identities", "i32", [rowCount * perIdentity]);
    return gather(input(table, "f32", [identityCount * perIdentity, embeddingSize]), this.#rows);
  }

  centers(perIdentity = this.#centersPerIdentity || 1): Value {
    if (this.#centers !== undefined && perIdentity === this.#centersPerIdentity) return this.#centers;
    if (this.#centers !== undefined) {
      throw new OptionError(`loss: asks for ${this.#centersPerIdentity} and ${perIdentity} class centers an identity`);
    }
    this.#centersPerIdentity = perIdentity;
    this.#centers = this.rowsOf(CENTERS);
    return this.#centers;
  }

  cosines(perIdentity = this.#centersPerIdentity || 1): Value {
    const known = this.#cosines.get(perIdentity);
    if (known !== undefined) return known;
    const value = cosines({ embeddings: this.embeddings, centers: this.centers(perIdentity) }, perIdentity);
    this.#cosines.set(perIdentity, value);
    return value;
  }

  scalar(name: string, rule: StepScalar): Operand {
    this.scalars.set(name, rule);
    const value = this.#inputs.get(name) ?? input(name, "f32", []);
    this.#inputs.set(name, value);
    return value;
  }

  margin(final: number): Operand {
    return this.scalar("margin", marginScalar(final));
  }

  perSample(name: string, make: SamplePart): Value {
    if (this.sampleParts.has(name)) throw new OptionError(`loss: two per-sample values are named '${name}'`);
    const value = input(SAMPLE + name, "f32", [this.batchSize, 1]);
    this.sampleParts.set(name, { make, input: value });
    return value;
  }

  targetCosines(): Value {
    return refuse("the cosines of the targets");
  }

  noise(): Value {
    return refuse("noise");
  }

  statistic(name: string): RunningStatistic {
    return refuse(`the statistic '${name}'`);
  }

  /** Only of shape []: a parameter with numbers for identities would have to be cut into blocks, as the centers are. */
  parameter(name: string, shape: readonly number[], initializer: Initializer, options?: ParameterOptions): Value {
    if (shape.length > 0) return refuse(`the parameter '${name}' of shape [${shape}]`);
    return this.store.parameter(name, shape, initializer, options);
  }
}

function refuse(what: string): never {
  throw new OptionError(
    `sampled head: the loss asks for ${what} where it sees a block of the class centers: ` +
      "compute it in perSample, or declare that the loss cannot be sampled",
  );
}
