import { OptionError } from "../../base/core/index.ts";
import { add, clip, div, greater, l2Norm, mul, reduceMean, sub, where } from "../../compiler/graph/index.ts";
import { cosineOptions, onCosines } from "./cosine-options.ts";
import { defineLoss } from "./loss-definition.ts";
import { cosineOfSum, replaceTarget, targetEntry, targetSine } from "./target.ts";

/**
 * MagFace: the angular margin grows with the norm a of the embedding, and a penalty rewards large norms, so that the
 * norm becomes a measure of the image's quality: easy images are pulled to their class center with long embeddings, and
 * hard ones are not forced.
 *
 * With a' = clip(a, l_a, u_a): m(a') rises linearly from l_m to u_m. The target's logit is s · cos(θ + m(a')) where
 * cos θ > 0, else s · cos θ, as in the authors' code. The penalty λ_g · mean(a'/u_a² + 1/a') falls up to u_a.
 */
export const magFaceLoss = defineLoss({
  name: "magface",
  title: "MagFace",
  formula: "logit_y = s · cos(θ_y + m(‖x‖)), the others s · cos θ_j; beside λ_g · mean of ‖x‖/u_a² + 1/‖x‖",
  paper: "Meng et al., MagFace, CVPR 2021: https://arxiv.org/abs/2103.06627",
  options: {
    lowerNorm: { doc: "l_a, shorter embeddings count as this long", default: 10, exclusiveMinimum: 0 },
    upperNorm: { doc: "u_a, longer embeddings count as this long", default: 110, exclusiveMinimum: 0 },
    lowerMargin: {
      doc: "l_m, the margin of the shortest embeddings, added to the target's angle",
      unit: "radians",
      default: 0.45,
      minimum: 0,
      maximum: Math.PI / 2,
    },
    upperMargin: {
      doc: "u_m, the margin of the longest embeddings",
      unit: "radians",
      default: 0.8,
      minimum: 0,
      maximum: Math.PI / 2,
    },
    weight: { doc: "weight λ_g of the penalty that rewards long embeddings", default: 35, minimum: 0, maximum: 1e9 },
    scale: { doc: "scale s of the logits", default: 64, exclusiveMinimum: 0 },
    ...cosineOptions,
  },
  make: ({ lowerNorm, upperNorm, lowerMargin, upperMargin, weight, scale, ...shared }) => {
    if (!(lowerNorm < upperNorm)) {
      throw new OptionError(`magface: lowerNorm: got ${lowerNorm}, expected less than upperNorm, ${upperNorm}`);
    }
    const slope = (upperMargin - lowerMargin) / (upperNorm - lowerNorm);
    return onCosines(shared, {
      margin: lowerMargin,
      scale,
      canSample: true,
      build: (scope) => {
        const margin = scope.perSample("margin", (samples) => {
          const norm = clip(l2Norm(samples.embeddings), lowerNorm, upperNorm);
          const whole = add(mul(sub(norm, lowerNorm), slope), lowerMargin);
          // The share that the margin's warm-up has reached.
          return mul(whole, samples.margin(1));
        });
        const cost = scope.perSample("cost", (samples) => {
          const norm = clip(l2Norm(samples.embeddings), lowerNorm, upperNorm);
          return add(mul(norm, 1 / upperNorm ** 2), div(1, norm));
        });
        const cosine = scope.cosines();
        const target = targetEntry(cosine, scope.labels);
        const moved = cosineOfSum(target, targetSine(scope, cosine), margin);
        return {
          logits: mul(replaceTarget(cosine, scope.labels, where(greater(target, 0), moved, target)), scale),
          penalty: mul(reduceMean(cost), weight),
        };
      },
    });
  },
});
