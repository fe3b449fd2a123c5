/**
 * ψ(θ), by which A-Softmax and L-Softmax replace the target's cosine: (−1)ᵏ·cos(mθ) − 2k for θ in [kπ/m,
 * (k+1)π/m], which falls from 1 to 1 − 2m. cos(mθ) is Chebyshev's polynomial of cos θ, so no arccos is taken and
 * the gradient is finite everywhere.
 */
import { requireInteger } from "../../base/core/index.ts";
import { add, div, greater, mul, neg, type Operand, sub, type Value, where } from "../../compiler/graph/index.ts";
import type { SampleScope } from "./loss.ts";
import type { LossOption } from "./loss-definition.ts";

/** The option m of both losses. */
export const multiplierOption = {
  doc: "margin m, multiplies the target's angle",
  unit: "multiplier of the angle",
  default: 4,
  values: [1, 2, 3, 4],
} as const satisfies LossOption;

/** The option λ of both losses. */
export const lambdaOption = {
  doc: "fixed weight λ of the plain cosine beside ψ; without it λ falls from 1000 to 5 in training, and is 0 elsewhere",
  minimum: 0,
  maximum: 1e9,
} as const satisfies LossOption;

/** λ of a step: the one given, or SphereFace's annealing. */
export function lambdaScalar(scope: SampleScope, lambda: number | undefined): Operand {
  return scope.scalar("lambda", {
    final: lambda ?? 0,
    at: ({ iteration }) => lambda ?? annealedLambda(iteration),
  });
}

/** (λ·cos θ + ψ(θ)) / (1 + λ) of cos θ: training starts with a large λ, where ψ is too steep to learn. */
export function annealedPsi(cosine: Value, m: number, lambda: Operand): Value {
  const whole = typeof lambda === "number" ? lambda + 1 : add(lambda, 1);
  return div(add(mul(cosine, lambda), psi(cosine, m)), whole);
}

/** SphereFace's annealing: λ = max(5, 1000 / (1 + 0.12 · iteration)). */
export function annealedLambda(iteration: number): number {
  requireInteger("iteration", iteration, 0);
  return Math.max(5, 1000 / (1 + 0.12 * iteration));
}

/**
 * ψ of cos θ: piece k begins where cos θ falls below cos(kπ/m). Pieces are chosen, not blended: a choice has a
 * gradient.
 */
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
