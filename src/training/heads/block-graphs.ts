/**
 * Softmax over more class centers than a graph should hold at once, a block of them at a time, in two passes. With logits
 * z of sample i and identity j, whose own is t:
 *
 * 1. each block gives its highest z, and Σ exp(z_ij − highest) over j ≠ t, from which all blocks together give the
 *    logarithm of the sum, ln Σ exp z_ij, and q_i = 1 − p_i, the probability that goes to others;
 * 2. each block computes its logits again, and ∂loss/∂z = p_ij for j ≠ t and −q_i for j = t, over the batch size. From
 *    there on differentiation is that of the compiler, through margin and normalization, and the optimizer's rule
 *    follows in the same graph.
 *
 * q is summed up, and not 1 − p: of a learnt sample, where p is nearly 1, it keeps its digits.
 */
import {
  exp,
  type Graph,
  gather,
  input,
  mul,
  oneHot,
  reduceMax,
  reduceSum,
  sub,
  type Value,
  vectorJacobianProduct,
} from "../../compiler/graph/index.ts";
import { cosines, type LogitLoss, type LossInputs } from "../losses/index.ts";
import type { Optimizer } from "../optim/index.ts";

/** What a block is made for. */
export type BlockDescription = {
  readonly loss: LogitLoss;
  readonly optimizer: Optimizer;
  readonly batchSize: number;
  readonly embeddingSize: number;
  /** Class centers in the tables. */
  readonly identityCount: number;
  /** Class centers in the block. */
  readonly rowCount: number;
};

/** Prefix of an output that replaces an input. */
export const NEXT = "next/";

/** Name of the class centers among tables and outputs. */
export const CENTERS = "centers";

/** A cosine is never lower: what a target's is lowered by, to be no highest among the others. */
const BELOW_ALL_COSINES = 4;

/**
 * The first pass. Inputs: embeddings f32[batch, size], the table of centers f32[identities, size], which is read where it
 * lies, identities i32[rows], labels i32[batch], each a row of the block or −1. Outputs f32[batch, 1]: `highest` logit,
 * `others`, the `target`'s logit and `targetCosine`, 0 where it is in another block, and the `highestOtherCosine`, without
 * margin.
 */
export function scoresGraph(block: BlockDescription): Graph {
  const { loss } = block;
  const inputs = blockInputs(block);
  const logits = loss.logits(inputs);
  const cosine = cosines(inputs);
  const isTarget = oneHot(inputs.labels, logits);
  const along = { axes: [1], keepDims: true };
  const highest = reduceMax(logits, along);
  return {
    name: "headScores",
    outputs: {
      highest,
      others: reduceSum(mul(exp(sub(logits, highest)), sub(1, isTarget)), along),
      target: reduceSum(mul(logits, isTarget), along),
      targetCosine: reduceSum(mul(cosine, isTarget), along),
      highestOtherCosine: reduceMax(sub(cosine, mul(isTarget, BELOW_ALL_COSINES)), along),
    },
  };
}

/**
 * The second pass. Inputs beside those of the first, f32[batch, 1]: `logSum`, ln Σ exp z + ln batch, and `missing`,
 * q / batch; the tables of the optimizer's state, f32[identities, size], and its scalars. Outputs: this block's share of
 * `embeddingGradient` f32[batch, size], and with `NEXT` the block's centers and their state after the step, f32[rows, size].
 */
export function updateGraph(block: BlockDescription): Graph {
  const { loss, optimizer, batchSize } = block;
  const inputs = blockInputs(block);
  const { embeddings, centers, labels, borrow } = inputs;
  const logits = loss.logits(inputs);
  const isTarget = oneHot(labels, logits);
  const perSample = (name: string) => input(name, "f32", [batchSize, 1]);
  const probabilities = exp(sub(logits, perSample("logSum")));
  const logitGradient = sub(mul(probabilities, sub(1, isTarget)), mul(isTarget, perSample("missing")));
  const [embeddingGradient, gradient] = vectorJacobianProduct([logits], [logitGradient], [embeddings, centers]);
  const state = Object.fromEntries(optimizer.stateNames.map((name) => [name, borrow(name)]));
  const next = optimizer.update(
    { parameter: centers, gradient: gradient!, state, decay: true, learningRateFactor: 1 },
    { learningRate: input("learningRate", "f32", []), stepNumber: input("stepNumber", "f32", []) },
  );
  return {
    name: "headUpdate",
    outputs: {
      embeddingGradient: embeddingGradient!,
      [NEXT + CENTERS]: next.parameter,
      ...Object.fromEntries(Object.entries(next.state).map(([name, value]) => [NEXT + name, value])),
    },
  };
}

type BlockInputs = LossInputs & { readonly borrow: (table: string) => Value };

function blockInputs({ batchSize, embeddingSize, identityCount, rowCount }: BlockDescription): BlockInputs {
  const identities = input("identities", "i32", [rowCount]);
  const borrow = (table: string) => gather(input(table, "f32", [identityCount, embeddingSize]), identities);
  return {
    borrow,
    embeddings: input("embeddings", "f32", [batchSize, embeddingSize]),
    centers: borrow(CENTERS),
    labels: input("labels", "i32", [batchSize]),
    margin: input("margin", "f32", []),
    lambda: input("lambda", "f32", []),
  };
}
