import { requireBetween } from "../../base/core/index.ts";
import {
  add,
  div,
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
import type { LogitLoss, LossInputs } from "./loss.ts";
import { softmaxLoss } from "./softmax.ts";

/** Weight and rate of `softmaxCenter`. */
export type CenterLossOptions = {
  /** Weight λ ≥ 0 of the center loss beside softmax; default 0.003. */
  readonly weight?: number;
  /** Rate α at which class means follow their samples; in [0, 1], default 0.5. */
  readonly rate?: number;
};

/**
 * Softmax loss and center loss: λ times the mean over the batch of ½‖x − c_y‖², where c_j is the mean of identity j.
 *
 * The means c are not the class centers W of softmax, and no gradient reaches them. As in the paper they follow their
 * samples: c_j ← c_j − α · Σ_{i: y_i = j} (c_j − x_i) / (1 + n_j), with n_j samples of identity j in the batch. They
 * start at 0.
 *
 * @throws {OptionError} when an option is out of range.
 * @see Wen et al., A Discriminative Feature Learning Approach for Deep Face Recognition, ECCV 2016
 */
export function softmaxCenter({ weight = 0.003, rate = 0.5 }: CenterLossOptions = {}): LogitLoss {
  requireBetween("softmaxCenter: weight", weight, 0, 1e9);
  requireBetween("softmaxCenter: rate", rate, 0, 1);
  return {
    name: "center",
    margin: 0,
    scale: 1,
    logits: softmaxLoss().logits,
    penalty: ({ embeddings, labels, means }) => {
      const apart = sub(embeddings, gather(requireMeans(means), labels));
      return mul(reduceMean(reduceSum(mul(apart, apart), { axes: [1] })), weight / 2);
    },
    nextMeans: ({ embeddings, labels, means: given }) => {
      const means = requireMeans(given);
      const identity = oneHot(labels, matmul(embeddings, means, { transposeB: true }));
      const counts = reshape(reduceSum(identity, { axes: [0] }), [means.shape[0]!, 1]);
      const surplus = sub(mul(counts, means), matmul(identity, embeddings, { transposeA: true }));
      return sub(means, mul(div(surplus, add(counts, 1)), rate));
    },
  };
}

function requireMeans(means: LossInputs["means"]): Value {
  if (means === undefined) throw new Error("internal: softmaxCenter: got no means");
  return means;
}
