/**
 * ElasticFace: the margin of each sample is drawn anew in each step, m_i = m + σ · noise_i with standard normal
 * noise, so that classes need not all be equally far apart. With `plus`, the margins drawn for a batch are dealt out
 * by difficulty: the largest to the sample with the lowest cosine to its own center, and so on. This goes by rank, as
 * in the paper; the authors' code takes the sorting permutation of the cosines for their ranks.
 */
import {
  add,
  cast,
  constant,
  equal,
  greater,
  mul,
  reduceSum,
  reshape,
  sub,
  type Value,
  where,
} from "../../compiler/graph/index.ts";
import { expectedFirstLoss } from "../../measure/hypersphere/index.ts";
import { cosineOptions, onCosines } from "./cosine-options.ts";
import type { SampleScope } from "./loss.ts";
import { defineLoss, type LossOption } from "./loss-definition.ts";
import { cosineOfSum, replaceTarget, targetEntry, targetSine } from "./target.ts";

const PAPER = "Boutros et al., ElasticFace, CVPR workshops 2022: https://arxiv.org/abs/2109.09416";

const scaleOption = { doc: "scale s of the logits", default: 64, exclusiveMinimum: 0 } as const satisfies LossOption;

const plusOption = {
  doc: "give the largest of a batch's margins to the sample that is farthest from its own center, and so on",
  default: false,
  values: [false, true],
} as const satisfies LossOption;

/** σ of the angular margin, and with `plus`. */
const ARC_DEVIATION = { plain: 0.05, plus: 0.0175 };
/** σ of the cosine margin, and with `plus`. */
const COSINE_DEVIATION = { plain: 0.05, plus: 0.02 };

const deviationOption = ({ plain, plus }: typeof ARC_DEVIATION, unit: string) =>
  ({
    doc: `σ, the standard deviation of the margins; without it ${plain}, and ${plus} with plus`,
    unit,
    minimum: 0,
    maximum: 1,
  }) as const satisfies LossOption;

/** ElasticFace on ArcFace: cos(θ + m_i), as the formula stands, without a branch beyond π − m. */
export const elasticArcFaceLoss = defineLoss({
  name: "elastic-arcface",
  title: "ElasticFace-Arc",
  formula: "logit_y = s · cos(θ_y + m_i) with m_i drawn from N(m, σ²) for each sample and step; the others s · cos θ_j",
  paper: PAPER,
  options: {
    marginRadians: {
      doc: "mean m of the margins, added to the target's angle",
      unit: "radians",
      default: 0.5,
      minimum: 0,
      maximum: Math.PI / 2,
      flag: "margin",
    },
    deviation: deviationOption(ARC_DEVIATION, "radians"),
    plus: plusOption,
    scale: scaleOption,
    ...cosineOptions,
  },
  make: ({ marginRadians, plus, deviation = plus ? ARC_DEVIATION.plus : ARC_DEVIATION.plain, scale, ...shared }) =>
    onCosines(shared, {
      margin: marginRadians,
      scale,
      canSample: true,
      build: (scope) => {
        const margins = scope.perSample("margin", (samples) => drawnMargins(samples, marginRadians, deviation, plus));
        const cosine = scope.cosines();
        const target = cosineOfSum(targetEntry(cosine, scope.labels), targetSine(scope, cosine), margins);
        return { logits: mul(replaceTarget(cosine, scope.labels, target), scale) };
      },
      // The mean margin: σ changes the expectation by less than s · σ².
      firstLoss: (sphere, margin) =>
        expectedFirstLoss({ ...sphere, scale, target: (cosine) => Math.cos(Math.acos(cosine) + margin) }),
    }),
});

/** ElasticFace on CosFace: cos θ − m_i. */
export const elasticCosFaceLoss = defineLoss({
  name: "elastic-cosface",
  title: "ElasticFace-Cos",
  formula:
    "logit_y = s · (cos θ_y − m_i) with m_i drawn from N(m, σ²) for each sample and step; the others s · cos θ_j",
  paper: PAPER,
  options: {
    margin: {
      doc: "mean m of the margins, subtracted from the target's cosine",
      unit: "cosine",
      default: 0.35,
      minimum: 0,
      maximum: 2,
    },
    deviation: deviationOption(COSINE_DEVIATION, "cosine"),
    plus: plusOption,
    scale: scaleOption,
    ...cosineOptions,
  },
  make: ({ margin, plus, deviation = plus ? COSINE_DEVIATION.plus : COSINE_DEVIATION.plain, scale, ...shared }) =>
    onCosines(shared, {
      margin,
      scale,
      canSample: true,
      build: (scope) => {
        const margins = scope.perSample("margin", (samples) => drawnMargins(samples, margin, deviation, plus));
        const cosine = scope.cosines();
        const target = sub(targetEntry(cosine, scope.labels), margins);
        return { logits: mul(replaceTarget(cosine, scope.labels, target), scale) };
      },
      firstLoss: (sphere, firstMargin) => expectedFirstLoss({ ...sphere, scale, margin: firstMargin }),
    }),
});

/** The margins of a batch: f32[batch, 1], in training the share of them that the margin's warm-up has reached. */
function drawnMargins(samples: SampleScope, mean: number, deviation: number, plus: boolean): Value {
  const drawn = add(mul(samples.noise(), deviation), mean);
  const dealt = plus ? largestToLowest(drawn, samples.targetCosines(), samples.batchSize) : drawn;
  return mul(dealt, samples.margin(1));
}

/** Gives the sample with the r-th lowest cosine the r-th largest margin. All are f32[batch, 1]. */
function largestToLowest(margins: Value, cosines: Value, batchSize: number): Value {
  const marginRanks = reshape(rankFromTop(margins, batchSize), [1, batchSize]);
  const cosineRanks = rankFromTop(mul(cosines, -1), batchSize);
  const isOwn = equal(cosineRanks, marginRanks);
  return reduceSum(where(isOwn, reshape(margins, [1, batchSize]), 0), { axes: [1], keepDims: true });
}

/** How many values come before each, from the largest on; of equal ones the first sample's. f32[batch, 1]. */
function rankFromTop(values: Value, batchSize: number): Value {
  const others = reshape(values, [1, batchSize]);
  const isEarlier = constant(
    Float32Array.from({ length: batchSize ** 2 }, (_, i) => (i % batchSize < Math.floor(i / batchSize) ? 1 : 0)),
    [batchSize, batchSize],
  );
  const comesBefore = where(equal(others, values), isEarlier, cast(greater(others, values), "f32"));
  return reduceSum(comesBefore, { axes: [1], keepDims: true });
}
