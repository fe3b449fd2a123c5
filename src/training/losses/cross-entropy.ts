import {
  add,
  exp,
  fixedSize,
  greater,
  isLabel,
  logSoftmax,
  mul,
  neg,
  reduceMean,
  reduceSum,
  requireTensor,
  type Value,
  where,
} from "../../compiler/graph/index.ts";
import { targetEntry } from "./target.ts";

/**
 * Mean over the batch of −log p, with p = softmax(logits)[label], by log-sum-exp with the maximum subtracted.
 *
 * Near p = 1 neither log p nor the gradient p − 1 has digits left in f32: learnt samples would have a loss of 0 or
 * 6e-8. There q = 1 − p is summed from the other identities, and −log(1 − q) = q + q²/2 + q³/3 + q⁴/4 + …;
 * both stay exact.
 */
export function meanCrossEntropy(logits: Value, labels: Value): Value {
  requireTensor("logits", logits);
  requireTensor("labels", labels);
  const logProbabilities = logSoftmax(logits);
  const isTarget = isLabel(labels, fixedSize("meanCrossEntropy", logits.shape[1]));
  const q = reduceSum(where(isTarget, 0, exp(logProbabilities)), { axes: [1], keepDims: true });
  const series = mul(q, add(mul(q, add(mul(q, add(mul(q, 1 / 4), 1 / 3)), 1 / 2)), 1));
  return reduceMean(where(greater(SERIES_LIMIT, q), series, neg(targetEntry(logProbabilities, labels))));
}

/**
 * Below it, the terms that the series leaves out, q⁵/5 and on, are under 1.3e-8 of its sum; above, log p has 5
 * digits.
 */
const SERIES_LIMIT = 1 / 64;
