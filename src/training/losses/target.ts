/** Cosines between embeddings and class centers, and the entry of each sample's own identity among them. */
import {
  add,
  cos,
  fixedSize,
  greater,
  isLabel,
  l2Norm,
  l2Normalize,
  matmul,
  mul,
  neg,
  type Operand,
  oneHot,
  reduceMax,
  reduceSum,
  reshape,
  sin,
  sub,
  type Value,
  where,
} from "../../compiler/graph/index.ts";
import type { LossScope } from "./loss.ts";

/** Embeddings f32[batch, size] and class centers f32[identities · perIdentity, size], not normalized. */
export type EmbeddingsAndCenters = { readonly embeddings: Value; readonly centers: Value };

/**
 * cos θ between every embedding and every identity: f32[batch, identities] in [−1, 1]. With several centers an
 * identity, the highest of their cosines counts, and the gradient goes to that center.
 */
export function cosines({ embeddings, centers }: EmbeddingsAndCenters, perIdentity = 1): Value {
  const all = matmul(l2Normalize(embeddings), l2Normalize(centers), { transposeB: true });
  if (perIdentity === 1) return all;
  const [batchSize, count] = [fixedSize("cosines", all.shape[0]), fixedSize("cosines", all.shape[1])];
  return reduceMax(reshape(all, [batchSize, count / perIdentity, perIdentity]), { axes: [2] });
}

/** The target's entry of each row: [batch, identities] → [batch, 1]. */
export function targetEntry(matrix: Value, labels: Value): Value {
  const target = isLabel(labels, fixedSize("targetEntry", matrix.shape[1]));
  return reduceSum(where(target, matrix, 0), { axes: [1], keepDims: true });
}

/**
 * sin θ of each target: f32[batch, 1] in [0, 1], for one center an identity.
 *
 * From 1 − cos² θ in f32, little is left near θ = 0 and π: an error of 6e-8/θ², and a gradient without a
 * limit. The unit vectors themselves keep it: x̂ and ŵ span a rhombus with the diagonals ‖x̂ − ŵ‖ and ‖x̂
 * + ŵ‖ and the area sin θ. The target's center is taken by a product with one-hot rows, whose gradient adds up in
 * the same order in every run.
 */
export function targetSine(scope: LossScope, cosine: Value): Value {
  const x = l2Normalize(scope.embeddings);
  const w = matmul(oneHot(scope.labels, cosine), l2Normalize(scope.centers()));
  return mul(mul(l2Norm(sub(x, w)), l2Norm(add(x, w))), 0.5);
}

/** cos(θ + m) = cos θ · cos m − sin θ · sin m. */
export function cosineOfSum(cosine: Value, sine: Value, margin: Operand): Value {
  const [cosMargin, sinMargin] =
    typeof margin === "number" ? [Math.cos(margin), Math.sin(margin)] : [cos(margin), sin(margin)];
  return sub(mul(cosine, cosMargin), mul(sine, sinMargin));
}

/**
 * cos(θ + m), continued beyond θ = π − m, where it would rise again, by cos θ − m · sin m, as in ArcFace's
 * code.
 */
export function angularTarget(cosine: Value, sine: Value, margin: Operand): Value {
  // sin(π − m) = sin m, and cos(π − m) = −cos m.
  const drop = typeof margin === "number" ? margin * Math.sin(margin) : mul(margin, sin(margin));
  const limit = typeof margin === "number" ? -Math.cos(margin) : neg(cos(margin));
  return where(greater(cosine, limit), cosineOfSum(cosine, sine, margin), sub(cosine, drop));
}

/** The matrix with the target's entry of each row replaced by the one of `entry`, [batch, 1]. */
export function replaceTarget(matrix: Value, labels: Value, entry: Value): Value {
  return where(isLabel(labels, fixedSize("replaceTarget", matrix.shape[1])), entry, matrix);
}
