/**
 * The part of a loss that is computed once a sample, before the blocks of class centers: margins from norms, noise or
 * running statistics, and a penalty on them. Each sample's own class center is at hand, no other.
 */
import { OptionError } from "../../base/core/index.ts";
import {
  type Graph,
  gather,
  graphInputs,
  input,
  l2Normalize,
  mul,
  type Operand,
  reduceMax,
  reduceSum,
  reshape,
  stopGradient,
  substitute,
  type Value,
  vectorJacobianProduct,
} from "../../compiler/graph/index.ts";
import {
  CENTERS,
  marginScalar,
  NOISE,
  type RunningStatistic,
  type SampleScope,
  type StepScalar,
} from "../losses/index.ts";
import { type Initializer, Scope, type Statistic } from "../nn/index.ts";
import { NEXT } from "./block-graphs.ts";
import { type BlockLossScope, type BlockSize, SAMPLE } from "./block-loss-scope.ts";

/** Prefix of a gradient. */
export const GRADIENT = "d/";
/** Name of the penalty among the outputs. */
export const PENALTY = "penalty";
/** Name of the input i32[batch · perIdentity]: rows of the samples' own class centers in the table. */
export const OWN_ROWS = "ownRows";

/** The graphs of a loss's per-sample part. */
export type SamplePartGraphs = {
  /**
   * Inputs: embeddings, and what the loss asks for of the table of centers with `OWN_ROWS`, noise, scalars and
   * statistics. Outputs: `sample/NAME` f32[batch, 1] each, `penalty` f32[] where there is one, and `next/NAME` of each
   * statistic.
   */
  readonly forward: Graph;
  /**
   * Inputs beside those of `forward`: `d/NAME` f32[batch, 1]. Output `embeddingGradient`. Undefined without a gradient.
   */
  readonly backward: Graph | undefined;
  readonly statistics: readonly Statistic[];
  readonly scalars: ReadonlyMap<string, StepScalar>;
};

/** The graphs of the per-sample part that a loss asked for in a block; undefined when it asked for none. */
export function samplePart(
  block: BlockLossScope,
  penalty: Value | undefined,
  size: BlockSize,
): SamplePartGraphs | undefined {
  if (block.sampleParts.size === 0 && penalty === undefined) return undefined;
  const scope = new OwnCenterScope(block, size);
  const parts = [...block.sampleParts].map(([name, { make, input }]) => ({ name, input, value: make(scope) }));
  const replaced = new Map(parts.map((part) => [part.input, part.value]));
  const [ownPenalty] = penalty === undefined ? [] : substitute([penalty], replaced);
  const statistics = scope.store.statistics;
  const forward: Graph = {
    name: "headSamples",
    outputs: {
      ...Object.fromEntries(parts.map(({ name, value }) => [SAMPLE + name, value])),
      ...(ownPenalty === undefined ? {} : { [PENALTY]: ownPenalty }),
      ...Object.fromEntries(statistics.map(({ name, next }) => [NEXT + name, next])),
    },
  };
  if (graphInputs(forward).has("identities")) {
    throw new OptionError("sampled head: the loss has a penalty on class centers: declare that it cannot be sampled");
  }
  const seeds = parts.map(({ name }) => input(GRADIENT + name, "f32", [size.batchSize, 1]));
  const [embeddingGradient = scope.embeddings] = vectorJacobianProduct(
    [...parts.map(({ value }) => value), ...(ownPenalty === undefined ? [] : [ownPenalty])],
    [...seeds, ...(ownPenalty === undefined ? [] : [input(GRADIENT + PENALTY, "f32", [])])],
    [scope.embeddings],
  );
  const backward: Graph = { name: "headSamplesBackward", outputs: { embeddingGradient } };
  const hasGradient = [...graphInputs(backward).keys()].some((name) => name.startsWith(GRADIENT));
  return { forward, backward: hasGradient ? backward : undefined, statistics, scalars: scope.scalars };
}

/** The scope of a loss's per-sample part: each sample with its own class center. */
class OwnCenterScope implements SampleScope {
  readonly embeddings: Value;
  readonly batchSize: number;
  readonly store = new Scope(true);
  readonly scalars = new Map<string, StepScalar>();
  readonly #size: BlockSize;
  readonly #perIdentity: number;
  readonly #inputs = new Map<string, Value>();

  constructor(block: BlockLossScope, size: BlockSize) {
    this.embeddings = block.embeddings;
    this.batchSize = size.batchSize;
    this.#size = size;
    this.#perIdentity = block.centersPerIdentity || 1;
  }

  targetCosines(): Value {
    const { batchSize, identityCount, embeddingSize } = this.#size;
    const perIdentity = this.#perIdentity;
    const rows = this.#input(OWN_ROWS, () => input(OWN_ROWS, "i32", [batchSize * perIdentity]));
    const table = this.#input(CENTERS, () => input(CENTERS, "f32", [identityCount * perIdentity, embeddingSize]));
    const own = reshape(l2Normalize(gather(table, rows)), [batchSize, perIdentity, embeddingSize]);
    const unit = reshape(l2Normalize(this.embeddings), [batchSize, 1, embeddingSize]);
    return stopGradient(reduceMax(reduceSum(mul(own, unit), { axes: [2] }), { axes: [1], keepDims: true }));
  }

  noise(): Value {
    return this.#input(NOISE, () => input(NOISE, "f32", [this.batchSize, 1]));
  }

  scalar(name: string, rule: StepScalar): Operand {
    this.scalars.set(name, rule);
    return this.#input(name, () => input(name, "f32", []));
  }

  margin(final: number): Operand {
    return this.scalar("margin", marginScalar(final));
  }

  statistic(
    name: string,
    shape: readonly number[],
    initializer: Initializer,
    renew: (before: Value) => Value,
  ): RunningStatistic {
    let after: Value | undefined;
    const before = this.store.statistic(name, shape, initializer, (old) => {
      after = renew(old);
      return after;
    });
    return { before, after: after ?? before };
  }

  #input(name: string, make: () => Value): Value {
    const value = this.#inputs.get(name) ?? make();
    this.#inputs.set(name, value);
    return value;
  }
}
