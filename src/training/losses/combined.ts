import { add, cos, mul, sub } from "../../compiler/graph/index.ts";
import { cosineOptions, onCosines } from "./cosine-options.ts";
import type { FaceLoss } from "./loss.ts";
import { defineLoss, type GivenOptions } from "./loss-definition.ts";
import { replaceTarget, targetAngle, targetEntry, targetSine } from "./target.ts";

/** Combined margin loss. */
export const combinedLoss = defineLoss({
  name: "combined",
  title: "combined margin",
  formula: "logit_y = s · (cos(m1 · θ_y + m2) − m3), the others s · cos θ_j",
  paper: "Deng et al., ArcFace, CVPR 2019, section 3.1: https://arxiv.org/abs/1801.07698",
  options: {
    multiplier: { doc: "m1, multiplies the target's angle", default: 1, minimum: 0.5, maximum: 4, flag: "m1" },
    marginRadians: {
      doc: "m2, added to the target's angle",
      unit: "radians",
      default: 0.3,
      minimum: 0,
      maximum: Math.PI / 2,
      flag: "m2",
    },
    margin: {
      doc: "m3, subtracted from the target's cosine",
      unit: "cosine",
      default: 0.2,
      minimum: 0,
      maximum: 1,
      flag: "m3",
    },
    scale: { doc: "scale s of the logits", default: 64, exclusiveMinimum: 0 },
    ...cosineOptions,
  },
  // Not in the paper's comparison.
  compared: () => [],
  make: ({ multiplier, marginRadians, margin, scale, ...shared }) =>
    onCosines(shared, {
      margin,
      scale,
      canSample: true,
      build: (scope) => {
        const cosine = scope.cosines();
        const angle = targetAngle(targetEntry(cosine, scope.labels), targetSine(scope, cosine));
        const target = sub(cos(add(mul(angle, multiplier), marginRadians)), scope.margin(margin));
        return { logits: mul(replaceTarget(cosine, scope.labels, target), scale) };
      },
    }),
});

/** Margins m1, m2, m3 and scale of `combinedMargin`. */
export type CombinedMarginOptions = GivenOptions<typeof combinedLoss.options>;

/**
 * Combined margin: the target's logit is s · (cos(m1·θ + m2) − m3); (1, 0, m) is CosFace, (1, m, 0) nearly
 * ArcFace.
 *
 * The formula as it stands: where m1·θ + m2 > π it rises again, so keep the margins small; the default is ArcFace's
 * CM1, (1, 0.3, 0.2) with s = 64.
 *
 * @throws {OptionError} when an option is out of range.
 * @see Deng et al., ArcFace, section 3.1: https://arxiv.org/abs/1801.07698
 */
export const combinedMargin: (options?: CombinedMarginOptions) => FaceLoss = combinedLoss.create;
