/**
 * Softmax over more class centers than a graph should hold at once, a block of them at a time, in two passes. With
 * logits z of sample i and identity j, and t the sample's own identity:
 *
 * 1. each block gives its highest z, and Σ exp(z_ij − highest) over j ≠ t, from which all blocks together give the
 *    logarithm of the sum, ln Σ exp z_ij, and q_i = 1 − p_i, the probability of all other identities;
 * 2. each block computes its logits again, and ∂loss/∂z = p_ij for j ≠ t and −q_i for j = t, over the batch
 * size. From
 *    there on the compiler differentiates through margin and normalization, and the optimizer's rule follows in the
 *    same graph.
 *
 * A loss whose costs add up over the identities (`LossTerms.costs`) needs one pass: ∂loss/∂cost is 1 over the batch
 * size, whatever the other blocks hold.
 *
 * q is summed up instead of computed as 1 − p: for a learnt sample, where p is nearly 1, the sum keeps its digits.
 */

import { InternalError } from "../../base/core/index.ts";
import {
  broadcastTo,
  constant,
  exp,
  type Graph,
  input,
  mul,
  oneHot,
  reduceMax,
  reduceSum,
  sub,
  type Value,
  vectorJacobianProduct,
} from "../../compiler/graph/index.ts";
import { CENTERS, type FaceLoss, nearestOwnIndex } from "../losses/index.ts";
import type { Optimizer } from "../optim/index.ts";
import { BlockLossScope, type BlockSize } from "./block-loss-scope.ts";

/** What a block is made for. */
export type BlockDescription = BlockSize & { readonly loss: FaceLoss; readonly optimizer: Optimizer };

/** Prefix of a parameter's gradient among the outputs of a block. */
export const PARAMETER_GRADIENT = "dParameter/";

/** Prefix of an output that replaces an input. */
export const NEXT = "next/";

/** A cosine is never lower: a target's cosine is lowered by it, so that it is not the highest among the others. */
const BELOW_ALL_COSINES = 4;

/** A loss built on a block of class centers: logits, or costs that add up over the identities. */
export type BlockLoss = {
  readonly scope: BlockLossScope;
  readonly kind: "logits" | "costs";
  /** f32[batch, rows]. */
  readonly entries: Value;
  readonly penalty: Value | undefined;
};

/** Builds a loss on a block; undefined for one with neither logits nor costs, or both. */
export function buildBlock(block: BlockDescription): BlockLoss | undefined {
  const scope = new BlockLossScope(block);
  const { logits, costs, penalty } = block.loss.build(scope);
  if (logits !== undefined && costs === undefined) return { scope, kind: "logits", entries: logits, penalty };
  if (costs !== undefined && logits === undefined) return { scope, kind: "costs", entries: costs, penalty };
  return undefined;
}

/**
 * What decides whether an image is nearest to its own identity, f32[batch, 1]: `targetCosine`, 0 in other blocks, and
 * `highestOtherCosine`.
 */
function hitOutputs(scope: BlockLossScope): Record<"targetCosine" | "highestOtherCosine", Value> {
  const cosine = scope.cosines();
  const isTarget = oneHot(scope.labels, cosine);
  return {
    targetCosine: reduceSum(mul(cosine, isTarget), ALONG),
    highestOtherCosine: reduceMax(sub(cosine, mul(isTarget, BELOW_ALL_COSINES)), ALONG),
  };
}

const ALONG = { axes: [1], keepDims: true };

/**
 * The first pass. Inputs: embeddings f32[batch, size], the table of centers f32[identities, size], which is read in
 * place, identities i32[rows], labels i32[batch], each a row of the block or −1, and `sample/NAME` f32[batch, 1] of
 * the loss's per-sample part. Outputs f32[batch, 1]: the `highest` logit, `others`, the `target`'s logit and
 * `targetCosine`, 0 where the target is in another block, and the `highestOtherCosine`, without margin.
 */
export function scoresGraph({ scope, entries: logits }: BlockLoss): Graph {
  const isTarget = oneHot(scope.labels, logits);
  const highest = reduceMax(logits, ALONG);
  return {
    name: "headScores",
    outputs: {
      highest,
      others: reduceSum(mul(exp(sub(logits, highest)), sub(1, isTarget)), ALONG),
      target: reduceSum(mul(logits, isTarget), ALONG),
      ...hitOutputs(scope),
    },
  };
}

/**
 * The second pass, or the only one of a loss with costs. Inputs beside those of the first, f32[batch, 1]: `logSum`, ln
 * Σ exp z + ln batch, and `missing`, q / batch; the tables of the optimizer's state, f32[identities, size], and its
 * scalars. Outputs: this block's share of `embeddingGradient` f32[batch, size], and with `NEXT` the block's centers
 * and their state after the step, f32[rows, size]. With `sampleGradients` also the block's share of `d/NAME`, the
 * gradients of the per-sample values; of parameters `dParameter/NAME`; with several centers an identity `nearest`
 * f32[batch, 1], 0 in other blocks; and of a loss with costs `cost` f32[batch, 1], and what `hitOutputs` gives.
 */
export function updateGraph(block: BlockLoss, optimizer: Optimizer, sampleGradients: boolean): Graph {
  const { scope, kind, entries } = block;
  const { embeddings, labels, centersPerIdentity } = scope;
  const centers = scope.centers();
  const { parameters } = scope.store;
  const samples = sampleGradients ? [...scope.sampleParts] : [];
  const others = [
    ...samples.map(([name, { input: value }]) => ({ name: `d/${name}`, value })),
    ...parameters.map(({ name, value }) => ({ name: PARAMETER_GRADIENT + name, value })),
  ];
  const [embeddingGradient, gradient, ...otherGradients] = vectorJacobianProduct(
    [entries],
    [
      kind === "logits"
        ? logitGradient(block)
        : broadcastTo(constant(Float32Array.of(1 / scope.batchSize), [1, 1]), entries.shape),
    ],
    [embeddings, centers, ...others.map(({ value }) => value)],
  );
  if (embeddingGradient === undefined || gradient === undefined) throw new InternalError("internal: no gradients");
  const state = Object.fromEntries(optimizer.stateNames.map((name) => [name, scope.rowsOf(name)]));
  const next = optimizer.update(
    { parameter: centers, gradient, state, decay: true, learningRateFactor: 1 },
    { learningRate: input("learningRate", "f32", []), stepNumber: input("stepNumber", "f32", []) },
  );
  return {
    name: "headUpdate",
    outputs: {
      embeddingGradient,
      [NEXT + CENTERS]: next.parameter,
      ...Object.fromEntries(Object.entries(next.state).map(([name, value]) => [NEXT + name, value])),
      ...Object.fromEntries(others.flatMap(({ name }, i) => (otherGradients[i] ? [[name, otherGradients[i]]] : []))),
      ...(centersPerIdentity > 1
        ? { nearest: nearestOwnIndex({ embeddings, centers, labels }, centersPerIdentity) }
        : {}),
      ...(kind === "costs" ? { cost: reduceSum(entries, ALONG), ...hitOutputs(scope) } : {}),
    },
  };
}

/** ∂loss/∂z of a block's logits. */
function logitGradient({ scope, entries: logits }: BlockLoss): Value {
  const isTarget = oneHot(scope.labels, logits);
  const perSample = (name: string) => input(name, "f32", [scope.batchSize, 1]);
  const probabilities = exp(sub(logits, perSample("logSum")));
  return sub(mul(probabilities, sub(1, isTarget)), mul(isTarget, perSample("missing")));
}
