import { requireBetween } from "../../base/core/index.ts";
import { add, maximum, mul, relu, sqrt, sub, type Value } from "../../compiler/graph/index.ts";
import type { LogitLoss, LossInputs } from "./loss.ts";
import { meanOver, samplePairs } from "./sample-pairs.ts";
import { softmaxLoss } from "./softmax.ts";

/** Margin and weight of `softmaxContrastive`. */
export type ContrastiveOptions = {
  /** Distance of unit embeddings beyond which an impostor pair costs nothing; in [0, 2], default 1 (60°). */
  readonly margin?: number;
  /** Weight λ ≥ 0 of the contrastive term beside softmax; default 1. */
  readonly weight?: number;
};

/**
 * Softmax loss and contrastive loss: λ times the mean over the batch's genuine pairs of ½d², and over its impostor pairs
 * of ½·max(0, m − d)².
 *
 * DeepID2 takes the distances d of embeddings as they are and pairs of random images. Here d is that of unit embeddings, so
 * that m means the same whatever the embeddings' norm, and every pair of the batch counts: batches should hold several
 * images of an identity (`identitiesPerBatch`).
 *
 * @throws {OptionError} when an option is out of range.
 * @see Sun et al., DeepID2, NIPS 2014: https://arxiv.org/abs/1406.4773
 */
export function softmaxContrastive({ margin = 1, weight = 1 }: ContrastiveOptions = {}): LogitLoss {
  requireBetween("softmaxContrastive: margin", margin, 0, 2);
  requireBetween("softmaxContrastive: weight", weight, 0, 1e9);
  return {
    name: "contrastive",
    margin,
    scale: 1,
    logits: softmaxLoss().logits,
    penalty: (inputs) => mul(contrast(inputs, margin), weight),
  };
}

function contrast(inputs: LossInputs, margin: number): Value {
  const { cosine, genuine, impostor } = samplePairs(inputs);
  const squared = sub(2, mul(cosine, 2));
  const missing = relu(sub(inputs.margin ?? margin, sqrt(maximum(squared, SMALLEST_SQUARE))));
  return add(mul(meanOver(genuine, squared), 0.5), mul(meanOver(impostor, mul(missing, missing)), 0.5));
}

/** Of a distance: the root's gradient has no limit at 0, and 2 − 2·cos θ has an error of 1e-7 in f32. */
const SMALLEST_SQUARE = 1e-6;
