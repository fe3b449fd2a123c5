import { add, cos, floor, mul, stopGradient, sub, type Value } from "../../compiler/graph/index.ts";
import { expectedFirstLoss } from "../../measure/hypersphere/index.ts";
import { cosineOptions, onCosines } from "./cosine-options.ts";
import { defineLoss } from "./loss-definition.ts";
import { replaceTarget, targetAngle, targetEntry, targetSine } from "./target.ts";

/**
 * SphereFace-R: SphereFace's multiplied angle with normalized embeddings, a multiplier that need not be whole, and a
 * gradient that does not follow the multiplied angle. With ψ(θ) = (−1)^k · cos(mθ) − 2k and k = ⌊mθ/π⌋,
 * which falls all the way from θ = 0 to π, the target is cos θ + (ψ(θ) − cos θ), and the part in brackets
 * counts as a constant: so the gradient is that of s · cos θ, and training needs no annealing.
 */
export const sphereFaceRLoss = defineLoss({
  name: "sphereface-r",
  title: "SphereFace-R",
  formula:
    "logit_y = s · ψ(θ_y) with the gradient of s · cos θ_y, the others s · cos θ_j; ψ(θ) = (−1)^k · cos(mθ) − 2k, " +
    "k = ⌊mθ/π⌋",
  paper: "Liu et al., SphereFace Revived, TPAMI 2022: https://arxiv.org/abs/2109.05565",
  options: {
    margin: {
      doc: "margin m, multiplies the target's angle",
      unit: "multiplier of the angle",
      default: 1.7,
      minimum: 1,
      maximum: 10,
    },
    scale: { doc: "scale s of the logits", default: 30, exclusiveMinimum: 0 },
    ...cosineOptions,
  },
  make: ({ margin, scale, ...shared }) =>
    onCosines(shared, {
      margin,
      scale,
      canSample: true,
      build: (scope) => {
        const cosine = scope.cosines();
        const own = targetEntry(cosine, scope.labels);
        const angle = targetAngle(own, targetSine(scope, cosine));
        const target = add(own, stopGradient(sub(monotone(angle, margin), own)));
        return { logits: mul(replaceTarget(cosine, scope.labels, target), scale) };
      },
      firstLoss: (sphere) =>
        expectedFirstLoss({ ...sphere, scale, target: (cosine) => monotoneNumber(cosine, margin) }),
    }),
});

/** ψ(θ): f32[batch, 1]. */
function monotone(angle: Value, m: number): Value {
  const multiple = mul(angle, m);
  const k = floor(mul(multiple, 1 / Math.PI));
  // 1 for an even k, −1 for an odd one.
  const parity = sub(1, mul(sub(k, mul(floor(mul(k, 0.5)), 2)), 2));
  return sub(mul(parity, cos(multiple)), mul(k, 2));
}

function monotoneNumber(cosine: number, m: number): number {
  const multiple = m * Math.acos(cosine);
  const k = Math.floor(multiple / Math.PI);
  return (k % 2 === 0 ? 1 : -1) * Math.cos(multiple) - 2 * k;
}
