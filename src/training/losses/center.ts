import {
  add,
  div,
  fixedSize,
  gather,
  matmul,
  mul,
  oneHot,
  reduceMean,
  reduceSum,
  reshape,
  sub,
  type Value,
} from "../../compiler/graph/index.ts";
import { constantly } from "../nn/index.ts";
import type { FaceLoss, LossScope } from "./loss.ts";
import { defineLoss, type GivenOptions } from "./loss-definition.ts";
import { products } from "./softmax.ts";

/** Softmax loss and center loss. */
export const centerLoss = defineLoss({
  name: "center",
  title: "softmax + center",
  formula: "softmax + λ · mean of ½‖x − c_y‖², with c_j the running mean of identity j",
  paper: "Wen et al., A Discriminative Feature Learning Approach for Deep Face Recognition, ECCV 2016",
  options: {
    weight: { doc: "weight λ of the center loss beside softmax", default: 0.003, minimum: 0, maximum: 1e9 },
    rate: { doc: "rate α at which class means follow their samples", default: 0.5, minimum: 0, maximum: 1 },
  },
  make: ({ weight, rate }) => ({
    build: (scope) => {
      const size = fixedSize("center", scope.embeddings.shape[1]);
      const shape = [scope.identityCount, size];
      const means = scope.statistic("means", shape, constantly(0), (old) => nextMeans(scope, old, rate));
      const apart = sub(scope.embeddings, gather(means.before, scope.labels));
      return {
        logits: products(scope),
        penalty: mul(reduceMean(reduceSum(mul(apart, apart), { axes: [1] })), weight / 2),
      };
    },
  }),
});

/** Weight and rate of `softmaxCenter`. */
export type CenterLossOptions = GivenOptions<typeof centerLoss.options>;

/**
 * Softmax loss and center loss: λ times the mean over the batch of ½‖x − c_y‖², where c_j is the mean of
 * identity j; by default λ = 0.003 and α = 0.5.
 *
 * The means c are not the class centers W of softmax, and no gradient reaches them. As in the paper they follow their
 * samples: c_j ← c_j − α · Σ_{i: y_i = j} (c_j − x_i) / (1 + n_j), with n_j samples of identity j in the
 * batch. They start at 0.
 *
 * @throws {OptionError} when an option is out of range.
 * @see Wen et al., A Discriminative Feature Learning Approach for Deep Face Recognition, ECCV 2016
 */
export const softmaxCenter: (options?: CenterLossOptions) => FaceLoss = centerLoss.create;

function nextMeans({ embeddings, labels, identityCount }: LossScope, means: Value, rate: number): Value {
  const identity = oneHot(labels, matmul(embeddings, means, { transposeB: true }));
  const counts = reshape(reduceSum(identity, { axes: [0] }), [identityCount, 1]);
  const surplus = sub(mul(counts, means), matmul(identity, embeddings, { transposeA: true }));
  return sub(means, mul(div(surplus, add(counts, 1)), rate));
}
