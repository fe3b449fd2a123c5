import {
  acos,
  add,
  clip,
  cos,
  div,
  l2Norm,
  mul,
  reduceMean,
  reduceSum,
  sqrt,
  stopGradient,
  sub,
  type Value,
} from "../../compiler/graph/index.ts";
import { expectedFirstLoss } from "../../measure/hypersphere/index.ts";
import { constantly } from "../nn/index.ts";
import { cosineOptions, onCosines } from "./cosine-options.ts";
import type { SampleScope } from "./loss.ts";
import { defineLoss } from "./loss-definition.ts";
import { replaceTarget, targetEntry } from "./target.ts";

/**
 * AdaFace: the margin of an image depends on the norm of its embedding, which measures its quality. For a good image
 * the margin acts like CosFace's, which weighs hard samples more; for a poor one like ArcFace's, which does not.
 *
 * With â the norm, clipped and without gradient, and its running mean μ and deviation σ, renewed before use: k =
 * clip(h · (â − μ) / (σ + ε), −1, 1), and logit_y = s · (cos(θ_y − m·k) − (m + m·k)). Angles are
 * clipped to [ε, π − ε] and cosines to [−1 + ε, 1 − ε], as in the authors' code.
 */
export const adaFaceLoss = defineLoss({
  name: "adaface",
  title: "AdaFace",
  formula:
    "logit_y = s · (cos(θ_y − m · k) − (m + m · k)), the others s · cos θ_j; k = h · (‖x‖ − μ) / σ in [−1, 1], " +
    "with the running mean μ and deviation σ of the norms",
  paper: "Kim et al., AdaFace, CVPR 2022: https://arxiv.org/abs/2204.00964",
  options: {
    margin: {
      doc: "margin m, subtracted from the target's cosine and by quality from its angle",
      unit: "cosine and radians",
      default: 0.4,
      minimum: 0,
      maximum: 1,
    },
    concentration: {
      doc: "h, how many deviations of the norm change the margin fully: 1/h",
      default: 0.333,
      minimum: 0,
      maximum: 10,
    },
    scale: { doc: "scale s of the logits", default: 64, exclusiveMinimum: 0 },
    rate: {
      doc: "rate α at which mean and deviation of the norms follow the batches",
      default: 0.01,
      minimum: 0,
      maximum: 1,
    },
    ...cosineOptions,
  },
  make: ({ margin, concentration, scale, rate, ...shared }) =>
    onCosines(shared, {
      margin,
      scale,
      canSample: true,
      build: (scope) => {
        const quality = scope.perSample("quality", (samples) => normQuality(samples, concentration, rate));
        const m = scope.margin(margin);
        const cosine = clip(scope.cosines(), -1 + EPSILON, 1 - EPSILON);
        const angle = acos(targetEntry(cosine, scope.labels));
        const shift = mul(quality, m);
        const moved = cos(clip(sub(angle, shift), EPSILON, Math.PI - EPSILON));
        return { logits: mul(replaceTarget(cosine, scope.labels, sub(moved, add(shift, m))), scale) };
      },
      // Near 90° the angle's margin and the cosine's cancel but for m: sin(mk) is nearly mk.
      firstLoss: (sphere, firstMargin) => expectedFirstLoss({ ...sphere, scale, margin: firstMargin }),
    }),
});

/** Keeps cosines and angles off the ends, where the gradient of arccos has no limit, and σ off 0. */
const EPSILON = 1e-3;

/** Norms beyond count as these. */
const NORMS = { smallest: 1e-3, largest: 100 };

/** Before the first step: few norms are near this mean, and none is far from it by this deviation. */
const FIRST = { mean: 20, deviation: 100 };

/** k: f32[batch, 1] in [−1, 1], without gradient. */
function normQuality(scope: SampleScope, concentration: number, rate: number): Value {
  const norm = stopGradient(clip(l2Norm(scope.embeddings), NORMS.smallest, NORMS.largest));
  const follow = (value: Value) => (before: Value) => add(mul(value, rate), mul(before, 1 - rate));
  const mean = scope.statistic("mean", [], constantly(FIRST.mean), follow(reduceMean(norm)));
  const deviation = scope.statistic("std", [], constantly(FIRST.deviation), (before) =>
    scope.batchSize < 2 ? before : follow(unbiasedDeviation(norm, scope.batchSize))(before),
  );
  const standardized = div(sub(norm, mean.after), add(deviation.after, EPSILON));
  return clip(mul(standardized, concentration), -1, 1);
}

function unbiasedDeviation(values: Value, count: number): Value {
  const apart = sub(values, reduceMean(values));
  return sqrt(div(reduceSum(mul(apart, apart)), count - 1));
}
