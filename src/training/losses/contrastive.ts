import { add, maximum, mul, type Operand, relu, sqrt, sub, type Value } from "../../compiler/graph/index.ts";
import type { FaceLoss, LossScope } from "./loss.ts";
import { defineLoss, type GivenOptions } from "./loss-definition.ts";
import { meanOver, samplePairs } from "./sample-pairs.ts";
import { products } from "./softmax.ts";

/** Softmax loss and contrastive loss. */
export const contrastiveLoss = defineLoss({
  name: "contrastive",
  title: "softmax + contrastive",
  formula: "softmax + λ · (mean of ½d² over genuine pairs + mean of ½ · max(0, m − d)² over impostor pairs)",
  paper: "Sun et al., DeepID2, NIPS 2014: https://arxiv.org/abs/1406.4773",
  options: {
    margin: {
      doc: "distance m of unit embeddings beyond which an impostor pair costs nothing; 1 is 60°",
      unit: "distance",
      default: 1,
      minimum: 0,
      maximum: 2,
    },
    weight: { doc: "weight λ of the contrastive term beside softmax", default: 1, minimum: 0, maximum: 1e9 },
  },
  make: ({ margin, weight }) => ({
    margin,
    build: (scope) => ({
      logits: products(scope),
      penalty: mul(contrast(scope, scope.margin(margin)), weight),
    }),
  }),
});

/** Margin and weight of `softmaxContrastive`. */
export type ContrastiveOptions = GivenOptions<typeof contrastiveLoss.options>;

/**
 * Softmax loss and contrastive loss: λ times the mean over the batch's genuine pairs of ½d², and over its impostor
 * pairs of ½·max(0, m − d)², by default with m = 1 and λ = 1.
 *
 * DeepID2 takes the distances d of embeddings as they are and pairs of random images. Here d is the distance of unit
 * embeddings, so that m means the same whatever the embeddings' norm, and every pair of the batch counts: batches
 * should hold several images of an identity (`identitiesPerBatch`).
 *
 * @throws {OptionError} when an option is out of range.
 * @see Sun et al., DeepID2, NIPS 2014: https://arxiv.org/abs/1406.4773
 */
export const softmaxContrastive: (options?: ContrastiveOptions) => FaceLoss = contrastiveLoss.create;

function contrast(scope: LossScope, margin: Operand): Value {
  const { cosine, genuine, impostor } = samplePairs(scope);
  const squared = sub(2, mul(cosine, 2));
  const missing = relu(sub(margin, sqrt(maximum(squared, SMALLEST_SQUARE))));
  return add(mul(meanOver(genuine, squared), 0.5), mul(meanOver(impostor, mul(missing, missing)), 0.5));
}

/** Of a distance: the root's gradient has no limit at 0, and 2 − 2·cos θ has an error of 1e-7 in f32. */
const SMALLEST_SQUARE = 1e-6;
