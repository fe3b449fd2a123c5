/**
 * What losses have in common. Row j of W is the center of identity j on the hypersphere; most losses turn embeddings,
 * centers and labels into logits, whose cross-entropy is trained on. They differ in whether the two are normalized, and in
 * what happens to the target's logit. Some add a penalty that compares samples with each other or with class means.
 */
import { OptionError, requirePositive } from "../../base/core/index.ts";
import {
  add,
  exp,
  fixedSize,
  greater,
  isLabel,
  l2Norm,
  l2Normalize,
  logSoftmax,
  matmul,
  mul,
  neg,
  type Operand,
  oneHot,
  reduceMean,
  reduceSum,
  sub,
  type Value,
  where,
} from "../../compiler/graph/index.ts";

/** What a loss is computed from, as values of a graph. */
export type LossInputs = {
  /** f32[batch, size], not normalized. */
  readonly embeddings: Value;
  /** f32[identities, size], not normalized: W. */
  readonly centers: Value;
  /** i32[batch], each in [0, identities). */
  readonly labels: Value;
  /** Replaces the loss's margin, for a margin that is warmed up. */
  readonly margin?: Operand;
  /** Replaces A-Softmax's and L-Softmax's annealing λ. */
  readonly lambda?: Operand;
  /** f32[identities, size]: class means before this batch, for a loss with `nextMeans`. */
  readonly means?: Value;
};

/** A loss: the cross-entropy of logits, a penalty, or both together. */
export type FaceLoss = {
  readonly name: string;
  /** Cosine margin, angular margin in radians, or multiplier of the angle: see the loss; 0 where there is none. */
  readonly margin: number;
  /** s; 1 where embeddings keep their norm. */
  readonly scale: number;
  /** f32[batch, identities]; a loss that compares samples alone has none. */
  readonly logits?: (inputs: LossInputs) => Value;
  /** f32[]: what is added to the cross-entropy of the logits. */
  readonly penalty?: (inputs: LossInputs) => Value;
  /** f32[identities, size]: class means after this batch, for a loss that keeps them; they start at 0. */
  readonly nextMeans?: (inputs: LossInputs) => Value;
};

/** A classification loss over class centers. */
export type LogitLoss = FaceLoss & Required<Pick<FaceLoss, "logits">>;

/** s that every cosine is multiplied by, or "norm": each embedding's own norm. */
export type Scale = number | "norm";

/** Throws unless a scale is positive or "norm". */
export function requireScale(what: string, scale: Scale): void {
  if (scale !== "norm") requirePositive(what, scale);
}

/** cos θ between every embedding and every center: f32[batch, identities] in [−1, 1]. */
export function cosines({ embeddings, centers }: Pick<LossInputs, "embeddings" | "centers">): Value {
  return matmul(l2Normalize(embeddings), l2Normalize(centers), { transposeB: true });
}

/** The target's entry of each row: [batch, identities] → [batch, 1]. */
export function targetEntry(matrix: Value, labels: Value): Value {
  const target = isLabel(labels, fixedSize("targetEntry", matrix.shape[1]));
  return reduceSum(where(target, matrix, 0), { axes: [1], keepDims: true });
}

/**
 * sin θ of each target: f32[batch, 1] in [0, 1].
 *
 * From 1 − cos² θ in f32, little is left near θ = 0 and π: an error of 6e-8/θ², and a gradient without a limit. The unit
 * vectors themselves keep it: x̂ and ŵ span a rhombus with the diagonals ‖x̂ − ŵ‖ and ‖x̂ + ŵ‖ and the area sin θ. The
 * target's center is taken by a product with one-hot rows, whose gradient adds up in the same order in every run.
 */
export function targetSine(inputs: LossInputs, cosine: Value): Value {
  const x = l2Normalize(inputs.embeddings);
  const w = matmul(oneHot(inputs.labels, cosine), l2Normalize(inputs.centers));
  return mul(mul(l2Norm(sub(x, w)), l2Norm(add(x, w))), 0.5);
}

/** The matrix with the target's entry of each row, [batch, 1], put in. */
export function replaceTarget(matrix: Value, labels: Value, entry: Value): Value {
  return where(isLabel(labels, fixedSize("replaceTarget", matrix.shape[1])), entry, matrix);
}

/**
 * Mean over the batch of −log p, with p = softmax(logits)[label], by log-sum-exp with the maximum subtracted.
 *
 * Near p = 1 neither log p nor the gradient p − 1 has digits left in f32: learnt samples would have a loss of 0 or 6e-8.
 * There q = 1 − p is summed from the other identities, and −log(1 − q) = q + q²/2 + q³/3 + q⁴/4 + …; both stay exact.
 */
export function meanCrossEntropy(logits: Value, labels: Value): Value {
  const logProbabilities = logSoftmax(logits);
  const isTarget = isLabel(labels, fixedSize("meanCrossEntropy", logits.shape[1]));
  const q = reduceSum(where(isTarget, 0, exp(logProbabilities)), { axes: [1], keepDims: true });
  const series = mul(q, add(mul(q, add(mul(q, add(mul(q, 1 / 4), 1 / 3)), 1 / 2)), 1));
  return reduceMean(where(greater(SERIES_LIMIT, q), series, neg(targetEntry(logProbabilities, labels))));
}

/** Below it the terms that the series leaves out, q⁵/5 and on, are less than 1.3e-8 of its sum; above, log p has 5 digits. */
const SERIES_LIMIT = 1 / 64;

/** The scalar that is trained on. */
export function lossValue({ name, logits, penalty }: FaceLoss, inputs: LossInputs): Value {
  const terms = [
    ...(logits === undefined ? [] : [meanCrossEntropy(logits(inputs), inputs.labels)]),
    ...(penalty === undefined ? [] : [penalty(inputs)]),
  ];
  if (terms.length === 0) throw new OptionError(`${name}: got a loss without logits and penalty, expected one of them`);
  return terms.reduce((sum, term) => add(sum, term));
}
