import {
  add,
  clip,
  fixedSize,
  isLabel,
  mul,
  neg,
  pow,
  softplus,
  stopGradient,
  sub,
  where,
} from "../../compiler/graph/index.ts";
import { meanOverCosines } from "../../measure/hypersphere/index.ts";
import { constantly } from "../nn/index.ts";
import { cosineOptions, onCosines } from "./cosine-options.ts";
import { defineLoss } from "./loss-definition.ts";

/**
 * SphereFace2: a binary classification for each identity, whether a sample is of it. With g(c) = 2 · ((c + 1) / 2)^t
 * − 1, which spreads small cosines, z_j = r · (g(cos θ_j) ∓ m) + b, with −m for the target and +m for the
 * others, and the gradient of r · cos θ_j + b. The cross-entropy of z counts α for the target and 1 − α for
 * others, times lw/r. The authors' code takes the mean over batch and identities and multiplies by their number C: a
 * sum over identities.
 *
 * So costs add up, and need no others to be known. With a sample of the class centers the sum goes over the sample: the
 * loss is that of a data set with the sample's identities, b₀ included, as softmax over a sample is.
 */
export const sphereFace2Loss = defineLoss({
  name: "sphereface2",
  title: "SphereFace2",
  formula:
    "lw/r · (α · ln(1 + e^−z_y) + (1 − α) · Σ_j≠y ln(1 + e^z_j)), z_j = r · (g(cos θ_j) ∓ m) + b with the gradient of " +
    "r · cos θ_j + b; g(c) = 2 · ((c + 1) / 2)^t − 1, − for the target, and a trained bias b",
  paper: "Wen et al., SphereFace2, ICLR 2022: https://arxiv.org/abs/2108.01513",
  options: {
    margin: {
      doc: "margin m, subtracted from the target's similarity and added to the others'",
      unit: "cosine",
      default: 0.4,
      minimum: 0,
      maximum: 2,
    },
    scale: { doc: "scale r of the similarities", default: 40, exclusiveMinimum: 0 },
    balance: {
      doc: "α, weight of the target beside 1 − α of each other identity",
      default: 0.7,
      exclusiveMinimum: 0,
      maximum: 0.999,
    },
    exponent: { doc: "t of g, which spreads small cosines; 1 leaves them", default: 3, minimum: 1, maximum: 10 },
    weight: { doc: "weight lw of the loss", default: 50, exclusiveMinimum: 0 },
    subcenters: cosineOptions.subcenters,
  },
  make: ({ margin, scale, balance, exponent, weight, subcenters }) => {
    const biasFor = (identityCount: number) => firstBias(identityCount, { margin, scale, balance, exponent });
    const [targetWeight, otherWeight] = [(weight / scale) * balance, (weight / scale) * (1 - balance)];
    return onCosines(
      { subcenters, filter: undefined },
      {
        margin,
        scale,
        canSample: true,
        build: (scope) => {
          const bias = scope.parameter("bias", [], constantly(biasFor(scope.comparedCount)), { decay: false });
          const cosine = scope.cosines();
          const isTarget = isLabel(scope.labels, fixedSize("sphereface2", cosine.shape[1]));
          const g = sub(mul(pow(clip(mul(add(cosine, 1), 0.5), 0, 1), exponent), 2), 1);
          const m = scope.margin(margin);
          const similarity = where(isTarget, sub(g, m), add(g, m));
          const z = add(mul(add(cosine, stopGradient(sub(similarity, cosine))), scale), bias);
          return {
            costs: where(isTarget, mul(softplus(neg(z)), targetWeight), mul(softplus(z), otherWeight)),
          };
        },
        firstLoss: ({ identities, ...sphere }, firstMargin) => {
          const bias = biasFor(identities);
          const mean = (value: (cosine: number) => number) => meanOverCosines({ identities, ...sphere, scale }, value);
          const z = (cosine: number, m: number) => scale * (spread(cosine, exponent) + m) + bias;
          return (
            targetWeight * mean((cosine) => softplusOf(-z(cosine, -firstMargin))) +
            otherWeight * (identities - 1) * mean((cosine) => softplusOf(z(cosine, firstMargin)))
          );
        },
      },
    );
  },
});

const spread = (cosine: number, exponent: number): number => 2 * ((cosine + 1) / 2) ** exponent - 1;

const softplusOf = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

type BiasOptions = {
  readonly margin: number;
  readonly scale: number;
  readonly balance: number;
  readonly exponent: number;
};

/**
 * b₀, for which the first loss is least, with all cosines 0 as they nearly are. With a = r · (g(0) − m) for the
 * target and a' = r · (g(0) + m) for the C − 1 others, α · ln(1 + e^−(a + b)) + (1 − α) · (C − 1) · ln(1
 * + e^(a' + b)) is convex in b, and its slope is 0 where, with the sigmoid σ and w = α / ((1 − α) · (C − 1)),
 * σ(a' + b) = w · σ(−a − b). For u = e^b that is e^(a + a') · u² + e^a' · (1 − w) · u − w = 0, whose
 * positive root is
 *
 *     u = e^−a · (R − (1 − w)) / 2 = 2w · e^−a' / (R + (1 − w)),
 *     R = √((1 − w)² + 4w · e^(a − a')).
 *
 * Of the two forms the one that adds numbers of one sign keeps its digits.
 */
function firstBias(identityCount: number, { margin, scale, balance, exponent }: BiasOptions): number {
  const a = scale * (spread(0, exponent) - margin);
  const others = scale * (spread(0, exponent) + margin);
  const w = balance / ((1 - balance) * Math.max(1, identityCount - 1));
  const root = Math.sqrt((1 - w) ** 2 + 4 * w * Math.exp(a - others));
  return w < 1 ? Math.log((2 * w) / (root + 1 - w)) - others : Math.log((root + w - 1) / 2) - a;
}
