/** Cosines between embeddings and class centers, and the entry of each sample's own identity among them. */
import { InternalError, requireObject } from "../../base/core/index.ts";
import {
  abs,
  acos,
  add,
  clip,
  cos,
  fixedSize,
  greater,
  isLabel,
  l2Norm,
  l2Normalize,
  matmul,
  maximum,
  mul,
  neg,
  type Operand,
  oneHot,
  reduceSum,
  requireTensor,
  reshape,
  sin,
  slice,
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
export function cosines(given: EmbeddingsAndCenters, perIdentity = 1): Value {
  return cosinesByCenter(given, perIdentity).reduce((highest, cosine) => maximum(highest, cosine));
}

/** The cosines to each identity's first center, to its second, and so on: f32[batch, identities] each. */
export function cosinesByCenter(given: EmbeddingsAndCenters, perIdentity: number): Value[] {
  requireObject("embeddings and centers", given);
  const { embeddings, centers } = given;
  requireTensor("embeddings", embeddings);
  requireTensor("centers", centers);
  const all = matmul(l2Normalize(embeddings), l2Normalize(centers), { transposeB: true });
  if (perIdentity === 1) return [all];
  const [batchSize, count] = [fixedSize("cosines", all.shape[0]), fixedSize("cosines", all.shape[1])];
  const byIdentity = reshape(all, [batchSize, count / perIdentity, perIdentity]);
  return Array.from({ length: perIdentity }, (_, k) =>
    reshape(slice(byIdentity, { axis: 2, start: k, size: 1 }), [batchSize, count / perIdentity]),
  );
}

/** The target's entry of each row: [batch, identities] → [batch, 1]. */
export function targetEntry(matrix: Value, labels: Value): Value {
  requireTensor("matrix", matrix);
  requireTensor("labels", labels);
  const target = isLabel(labels, fixedSize("targetEntry", matrix.shape[1]));
  return reduceSum(where(target, matrix, 0), { axes: [1], keepDims: true });
}

/**
 * sin θ of each target to the nearest of its identity's centers: f32[batch, 1] in [0, 1].
 *
 * From 1 − cos² θ in f32, little is left near θ = 0 and π: an error of 6e-8/θ², and a gradient without a
 * limit. The unit vectors themselves keep it: x̂ and ŵ span a rhombus with the diagonals ‖x̂ − ŵ‖ and ‖x̂
 * + ŵ‖ and the area sin θ. The target's center is taken by a product with one-hot rows, whose gradient adds up in
 * the same order in every run.
 */
export function targetSine(scope: LossScope, cosine: Value): Value {
  const x = l2Normalize(scope.embeddings);
  const w = nearestOwnCenter(scope, oneHot(scope.labels, cosine));
  return mul(mul(l2Norm(sub(x, w)), l2Norm(add(x, w))), 0.5);
}

/**
 * θ in [0, π] of cos θ and sin θ: by arccos where that is well-conditioned, elsewhere by arcsin, arcsin s = π/2
 * − arccos s. Each argument is clipped to the range in which it is used, as the gradient of arccos is infinite at
 * ±1.
 */
export function targetAngle(cosine: Value, sine: Value): Value {
  const middle = acos(clip(cosine, -LARGEST_ARGUMENT, LARGEST_ARGUMENT));
  const aside = sub(Math.PI / 2, acos(clip(sine, 0, LARGEST_ARGUMENT)));
  const outer = where(greater(cosine, 0), aside, sub(Math.PI, aside));
  return where(greater(abs(cosine), Math.SQRT1_2), outer, middle);
}

/** Above √½, where one branch hands over to the other. */
const LARGEST_ARGUMENT = 0.8;

/** The unit vector of the center that gives each target's cosine: f32[batch, size]. */
function nearestOwnCenter(scope: LossScope, isOwn: Value): Value {
  const [perIdentity, size] = [scope.centersPerIdentity || 1, fixedSize("target", scope.embeddings.shape[1])];
  const unit = l2Normalize(scope.centers());
  if (perIdentity === 1) return matmul(isOwn, unit);
  const own = matmul(isOwn, reshape(unit, [scope.identityCount, perIdentity * size]));
  const [first, ...others] = cosinesByCenter(
    { embeddings: scope.embeddings, centers: scope.centers() },
    perIdentity,
  ).map((cosine, k) => ({
    cosine: targetEntry(cosine, scope.labels),
    center: slice(own, { axis: 1, start: k * size, size }),
  }));
  if (first === undefined) throw new InternalError("internal: an identity without class centers");
  // As in `cosines`, the first of equally near centers wins.
  const nearest = others.reduce((best, next) => {
    const isNearer = greater(next.cosine, best.cosine);
    return {
      cosine: where(isNearer, next.cosine, best.cosine),
      center: where(isNearer, next.center, best.center),
    };
  }, first);
  return nearest.center;
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
  requireTensor("matrix", matrix);
  requireTensor("labels", labels);
  requireTensor("entry", entry);
  return where(isLabel(labels, fixedSize("replaceTarget", matrix.shape[1])), entry, matrix);
}
