import {
  clip,
  fixedSize,
  isLabel,
  mul,
  neg,
  type Operand,
  softplus,
  sub,
  type Value,
  where,
} from "../../compiler/graph/index.ts";
import { meanOverCosines } from "../../measure/hypersphere/index.ts";
import { constantly } from "../nn/index.ts";
import { cosineOptions, onCosines } from "./cosine-options.ts";
import { defineLoss } from "./loss-definition.ts";

/**
 * UniFace's unified cross-entropy: each sample is held against one threshold for all samples and identities, b/s on
 * the cosine, instead of against its other cosines. The cost of its own identity is ln(1 + e^−z) with z = s · (cos
 * θ_y − m) − b, of another ln(1 + e^z) with z = s · cos θ_j − b, weighted by l; both z are clipped to [−s,
 * s].
 *
 * Costs add up over the identities, so they need no others to be known. With a sample of the class centers the sum goes
 * over the sample, as in the authors' code: each sum over negatives is then, on average, r times as large, with r the
 * sample's share of the identities. The threshold where targets and negatives balance moves by ln r, and the first
 * value of b moves with it: b₀ = ln(10 · C · r), of the C · r identities of the sample.
 */
export const uniFaceLoss = defineLoss({
  name: "uniface",
  title: "UniFace",
  formula: "mean of ln(1 + e^−(s · (cos θ_y − m) − b)) + l · Σ_j≠y ln(1 + e^(s · cos θ_j − b)), with a trained bias b",
  paper: "Zhou et al., UniFace: Unified Cross-Entropy Loss for Deep Face Recognition, ICCV 2023",
  options: {
    margin: {
      doc: "margin m, subtracted from the target's cosine",
      unit: "cosine",
      default: 0.4,
      minimum: 0,
      maximum: 2,
    },
    scale: { doc: "scale s of the cosines", default: 64, exclusiveMinimum: 0 },
    negativeWeight: { doc: "l, weight of the other identities", default: 1, minimum: 0, maximum: 1e9 },
    subcenters: cosineOptions.subcenters,
  },
  make: ({ margin, scale, negativeWeight, subcenters }) =>
    onCosines(
      { subcenters, filter: undefined },
      {
        margin,
        scale,
        canSample: true,
        build: (scope) => {
          const bias = scope.parameter("bias", [], constantly(firstBias(scope.comparedCount)), { decay: false });
          const z = sub(mul(scope.cosines(), scale), bias);
          const isTarget = isLabel(scope.labels, fixedSize("uniface", z.shape[1]));
          const target = cost(neg(sub(z, marginOnLogits(scope.margin(margin), scale))), -scale, scale);
          const other = mul(cost(z, -scale, scale), negativeWeight);
          return { costs: where(isTarget, target, other) };
        },
        firstLoss: ({ identities, ...sphere }, firstMargin) => {
          const bias = firstBias(identities);
          const costOf = (z: number) => Math.log1p(Math.exp(Math.max(-scale, Math.min(scale, z))));
          const mean = (value: (cosine: number) => number) => meanOverCosines({ identities, ...sphere, scale }, value);
          return (
            mean((cosine) => costOf(bias - scale * (cosine - firstMargin))) +
            negativeWeight * (identities - 1) * mean((cosine) => costOf(scale * cosine - bias))
          );
        },
      },
    ),
});

/** ln(1 + e^z), with z clipped. */
const cost = (z: Value, low: number, high: number): Value => softplus(clip(z, low, high));

const marginOnLogits = (margin: Operand, scale: number): Operand =>
  typeof margin === "number" ? margin * scale : mul(margin, scale);

/** b₀: at a cosine of 0 the negatives together cost a tenth. */
const firstBias = (identityCount: number): number => Math.log(10 * identityCount);
