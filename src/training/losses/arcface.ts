import { add, mul, stopGradient, sub } from "../../compiler/graph/index.ts";
import { expectedFirstLoss } from "../../measure/hypersphere/index.ts";
import { cosineOptions, onCosines } from "./cosine-options.ts";
import type { FaceLoss } from "./loss.ts";
import { defineLoss, type GivenOptions } from "./loss-definition.ts";
import { angularTarget, cosineOfSum, replaceTarget, targetEntry, targetSine } from "./target.ts";

/** Additive angular margin loss. */
export const arcFaceLoss = defineLoss({
  name: "arcface",
  title: "ArcFace",
  formula: "logit_y = s · cos(θ_y + m), beyond θ_y = π − m: s · (cos θ_y − m · sin m); the others s · cos θ_j",
  paper: "Deng et al., ArcFace, CVPR 2019: https://arxiv.org/abs/1801.07698",
  options: {
    marginRadians: {
      doc: "margin m, added to the target's angle",
      unit: "radians",
      default: 0.5,
      minimum: 0,
      maximum: Math.PI / 2,
      flag: "margin",
      formerNames: ["margin"],
    },
    scale: { doc: "scale s of the logits", default: 64, exclusiveMinimum: 0 },
    gradient: {
      doc: "'detached': the target's gradient is that of s · cos θ_y, and no branch beyond π − m, as InsightFace trains",
      default: "exact",
      values: ["exact", "detached"],
    },
    ...cosineOptions,
  },
  compared: (scale) => [{ title: "ArcFace", options: { scale, marginRadians: 0.5 } }],
  make: ({ marginRadians, scale, gradient, ...shared }) =>
    onCosines(shared, {
      margin: marginRadians,
      scale,
      canSample: true,
      build: (scope) => {
        const cosine = scope.cosines();
        const sine = targetSine(scope, cosine);
        const own = targetEntry(cosine, scope.labels);
        const margin = scope.margin(marginRadians);
        const target =
          gradient === "exact"
            ? angularTarget(own, sine, margin)
            : add(own, stopGradient(sub(cosineOfSum(own, sine, margin), own)));
        return { logits: mul(replaceTarget(cosine, scope.labels, target), scale) };
      },
      // An angular margin lowers a target near 90° by sin m.
      firstLoss: (sphere, margin) => expectedFirstLoss({ ...sphere, scale, margin: Math.sin(margin) }),
    }),
});

/** Margin and scale of `arcFace`. */
export type ArcFaceOptions = GivenOptions<typeof arcFaceLoss.options>;

/**
 * Additive angular margin loss: the target's logit is s · cos(θ + m), the others s · cos θ_j, by default with m =
 * 0.5 and s = 64.
 *
 * Beyond θ = π − m, where cos(θ + m) would rise again, the target is cos θ − m·sin(π − m), as in the
 * authors' code: still falling, with a plain gradient.
 *
 * InsightFace's code computes cos(θ + m) without gradient and has no such branch; its published models were trained
 * so. With `gradient: "detached"` the target is cos θ + (cos(θ + m) − cos θ), and the part in brackets counts as
 * a constant: the same loss up to θ = π − m, whose gradient ∂logit/∂cos θ is s instead of s · sin(θ + m) /
 * sin θ.
 *
 * @throws {OptionError} when `marginRadians` is outside [0, π/2], or `scale` not positive.
 * @see Deng et al., ArcFace: https://arxiv.org/abs/1801.07698
 */
export const arcFace: (options?: ArcFaceOptions) => FaceLoss = arcFaceLoss.create;
