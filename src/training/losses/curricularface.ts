import { add, broadcastTo, clip, greater, mul, reduceMean, sqrt, sub, where } from "../../compiler/graph/index.ts";
import { expectedFirstLoss } from "../../measure/hypersphere/index.ts";
import { constantly } from "../nn/index.ts";
import { cosineOptions, onCosines } from "./cosine-options.ts";
import { defineLoss } from "./loss-definition.ts";
import { angularTarget, cosineOfSum, replaceTarget, targetEntry, targetSine } from "./target.ts";

/**
 * CurricularFace: ArcFace whose hard negatives count more as training goes on. A negative is hard where
 * cos θ_j > cos(θ_y + m); its logit is then s · cos θ_j · (t + cos θ_j). t is the running mean of the targets'
 * cosines, renewed before use and without gradient: near 0 at first, so that hard negatives count less, and above 1
 * − cos θ_j later, so that they count more.
 */
export const curricularFaceLoss = defineLoss({
  name: "curricularface",
  title: "CurricularFace",
  formula:
    "logit_y = s · cos(θ_y + m) as ArcFace; where cos θ_j > cos(θ_y + m), logit_j = s · cos θ_j · (t + cos θ_j), " +
    "with t the running mean of cos θ_y; the others s · cos θ_j",
  paper: "Huang et al., CurricularFace, CVPR 2020: https://arxiv.org/abs/2004.00288",
  options: {
    marginRadians: {
      doc: "margin m, added to the target's angle",
      unit: "radians",
      default: 0.5,
      minimum: 0,
      maximum: Math.PI / 2,
      flag: "margin",
    },
    scale: { doc: "scale s of the logits", default: 64, exclusiveMinimum: 0 },
    rate: { doc: "rate at which t follows the targets' cosines", default: 0.01, minimum: 0, maximum: 1 },
    ...cosineOptions,
  },
  make: ({ marginRadians, scale, rate, ...shared }) =>
    onCosines(shared, {
      margin: marginRadians,
      scale,
      canSample: true,
      build: (scope) => {
        const stage = scope.perSample("stage", (samples) => {
          const mean = reduceMean(samples.targetCosines());
          const t = samples.statistic("t", [], constantly(0), (before) => add(mul(mean, rate), mul(before, 1 - rate)));
          return broadcastTo(t.after, [samples.batchSize, 1]);
        });
        // A comparison passes no gradient, so the digits that 1 − cos² loses near 0 do not matter here.
        const threshold = scope.perSample("threshold", (samples) => {
          const cosine = samples.targetCosines();
          const sine = sqrt(clip(sub(1, mul(cosine, cosine)), 0, 1));
          return cosineOfSum(cosine, sine, samples.margin(marginRadians));
        });
        const cosine = scope.cosines();
        const curriculum = where(greater(cosine, threshold), mul(cosine, add(cosine, stage)), cosine);
        const own = targetEntry(cosine, scope.labels);
        const target = angularTarget(own, targetSine(scope, cosine), scope.margin(marginRadians));
        return { logits: mul(replaceTarget(curriculum, scope.labels, target), scale) };
      },
      // An angular margin lowers a target near 90° by sin m; t is 0, so hard negatives count s · cos² θ_j.
      firstLoss: (sphere, margin) => expectedFirstLoss({ ...sphere, scale, margin: Math.sin(margin) }),
    }),
});
