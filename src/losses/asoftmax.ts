import { OptionError, requireBetween } from "../core/index.ts";
import {
  add,
  broadcastTo,
  div,
  greater,
  l2Norm,
  l2Normalize,
  matmul,
  mul,
  neg,
  type Operand,
  sub,
  type Value,
  where,
} from "../graph/index.ts";
import { type FaceLoss, replaceTarget, targetEntry } from "./loss.ts";

/** Margin and annealing of `aSoftmax`. */
export type ASoftmaxOptions = {
  /** Multiplier m of the target's angle: 1, 2, 3 or 4; default 4. */
  readonly margin?: number;
  /** Weight λ ≥ 0 of the plain cosine beside ψ; default 0. Training starts at 1,000 and falls to 5 (`annealedLambda`). */
  readonly lambda?: number;
};

/**
 * A-Softmax (SphereFace): class centers are normalized, embeddings keep their norm, and the target's angle is multiplied:
 * logit_y = ‖x‖ · (λ·cos θ + ψ(θ)) / (1 + λ), the others ‖x‖ · cos θ_j.
 *
 * ψ(θ) = (−1)ᵏ·cos(mθ) − 2k for θ in [kπ/m, (k+1)π/m] makes cos(mθ) monotone. cos(mθ) is Chebyshev's polynomial of
 * cos θ, so no arccos is taken and the gradient is finite everywhere.
 *
 * @throws {OptionError} when `margin` or `lambda` is out of range.
 * @see Liu et al., SphereFace, CVPR 2017: https://arxiv.org/abs/1704.08063
 */
export function aSoftmax({ margin = 4, lambda = 0 }: ASoftmaxOptions = {}): FaceLoss {
  if (![1, 2, 3, 4].includes(margin)) throw new OptionError(`aSoftmax: margin: got ${margin}, expected 1, 2, 3 or 4`);
  requireBetween("aSoftmax: lambda", lambda, 0, 1e9);
  return {
    name: "asoftmax",
    margin,
    scale: 1,
    logits: (inputs) => {
      const weight = inputs.lambda ?? lambda;
      const products = matmul(inputs.embeddings, l2Normalize(inputs.centers), { transposeB: true });
      const norm = l2Norm(inputs.embeddings);
      // The target's cosine from its own product: with x = 0 it is 0 by l2Normalize's floor, not 0/0.
      const unit = matmul(l2Normalize(inputs.embeddings), l2Normalize(inputs.centers), { transposeB: true });
      const cosine = targetEntry(unit, inputs.labels);
      const target = mul(norm, div(add(mul(cosine, weight), psi(cosine, margin)), add1(weight)));
      return replaceTarget(products, inputs.labels, broadcastTo(target, products.shape));
    },
  };
}

function add1(lambda: Operand): Operand {
  return typeof lambda === "number" ? lambda + 1 : add(lambda, 1);
}

/** ψ of cos θ: piece k begins where cos θ falls below cos(kπ/m). Pieces are chosen, not blended: a choice has a gradient. */
function psi(cosine: Value, m: number): Value {
  const multiple = chebyshev(cosine, m);
  let value = multiple;
  for (let k = 1; k < m; k++) {
    const piece = sub(k % 2 === 0 ? multiple : neg(multiple), 2 * k);
    value = where(greater(Math.cos((k * Math.PI) / m), cosine), piece, value);
  }
  return value;
}

/** cos(mθ) of cos θ: T₀ = 1, T₁ = t, T_m = 2t·T_{m−1} − T_{m−2}. */
function chebyshev(t: Value, m: number): Value {
  if (m === 1) return t;
  const square = sub(mul(mul(t, t), 2), 1);
  if (m === 2) return square;
  if (m === 3) return mul(t, sub(mul(square, 2), 1));
  return sub(mul(mul(square, square), 2), 1);
}

/** SphereFace's annealing: λ = max(5, 1000 / (1 + 0.12 · iteration)). */
export function annealedLambda(iteration: number): number {
  return Math.max(5, 1000 / (1 + 0.12 * iteration));
}
