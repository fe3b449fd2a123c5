import {
  add,
  fixedSize,
  greater,
  mul,
  neg,
  reduceMax,
  relu,
  reshape,
  sub,
  type Value,
  where,
} from "../../compiler/graph/index.ts";
import type { FaceLoss } from "./loss.ts";
import { defineLoss, type GivenOptions } from "./loss-definition.ts";
import { meanOver, samplePairs } from "./sample-pairs.ts";

/** Triplet loss. */
export const tripletLoss = defineLoss({
  name: "triplet",
  title: "triplet",
  formula: "mean over genuine pairs (a, p) of max(0, ‖a − p‖² − ‖a − n‖² + α), n the semi-hard negative",
  paper: "Schroff et al., FaceNet, CVPR 2015: https://arxiv.org/abs/1503.03832",
  options: {
    margin: {
      doc: "margin α, by which the squared distance of an impostor pair must exceed that of a genuine pair",
      unit: "squared distance",
      default: 0.35,
      minimum: 0,
      maximum: 4,
    },
  },
  make: ({ margin }) => ({
    margin,
    build: (scope) => {
      const { cosine, genuine, impostor } = samplePairs(scope);
      const negative = semiHardCosine(cosine, impostor);
      // ‖a − p‖² − ‖a − n‖² = 2·(cos(a, n) − cos(a, p)).
      const hinge = relu(add(mul(sub(negative, cosine), 2), scope.margin(margin)));
      return { penalty: meanOver(genuine, hinge) };
    },
  }),
});

/** Margin of `triplet`. */
export type TripletOptions = GivenOptions<typeof tripletLoss.options>;

/**
 * Triplet loss: the mean over the batch's genuine pairs (a, p) of max(0, ‖a − p‖² − ‖a − n‖² + α),
 * with unit embeddings; by default α = 0.35, as in ArcFace's comparison.
 *
 * n is the semi-hard negative: of the samples of other identities that are farther from a than p is, the nearest one;
 * where all are nearer than p, the farthest. The very nearest one would soon draw all embeddings into one point. There
 * are no class centers, so no training accuracy, and a batch must hold several images of an identity
 * (`identitiesPerBatch`).
 *
 * @throws {OptionError} when `margin` is out of range.
 * @see Schroff et al., FaceNet, CVPR 2015: https://arxiv.org/abs/1503.03832
 */
export const triplet: (options?: TripletOptions) => FaceLoss = tripletLoss.create;

/** cos(a, n) of the semi-hard negative for every pair (a, p): f32[batch, batch]. */
function semiHardCosine(cosine: Value, impostor: Value): Value {
  const size = fixedSize("triplet", cosine.shape[0]);
  const isImpostor = greater(impostor, 0.5);
  const impostorCosine = where(isImpostor, cosine, BELOW_ALL);
  // For each a, p and n: [batch, batch, batch].
  const [ap, an] = [reshape(cosine, [size, size, 1]), reshape(impostorCosine, [size, 1, size])];
  const nearest = reduceMax(where(greater(ap, an), an, BELOW_ALL), { axes: [2] });
  const farthest = neg(reduceMax(where(isImpostor, neg(cosine), BELOW_ALL), { axes: [1], keepDims: true }));
  const fallback = where(greater(LARGEST, farthest), farthest, BELOW_ALL);
  return where(greater(nearest, -LARGEST), nearest, fallback);
}

/**
 * Replaces a cosine that does not count. As the negative's of a pair that has none, it costs nothing: 2·(−4 + 1) +
 * α < 0.
 */
const BELOW_ALL = -4;
/** Beyond every cosine, and within ±`BELOW_ALL`. */
const LARGEST = 2;
