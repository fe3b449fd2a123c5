/**
 * A loss that is not in the registry and uses everything that a scope offers a sampled loss: a margin that depends on
 * each embedding's norm with a gradient, noise, a running mean of norms, and a penalty.
 */
import { add, div, l2Norm, mul, oneHot, reduceMean, stopGradient, sub, tanh } from "../../src/compiler/graph/index.ts";
import type { FaceLoss } from "../../src/training/losses/index.ts";
import { constantly } from "../../src/training/nn/index.ts";

export type OwnLossOptions = { readonly scale?: number; readonly margin?: number; readonly perIdentity?: number };

/**
 * logit_y = s · (cos θ_y − m · (tanh(‖x‖ / mean) + 0.1 · noise + 0.1 · cos θ_y without gradient)), and the
 * mean of 1/‖x‖.
 */
export function ownLoss({ scale = 8, margin = 0.2, perIdentity = 1 }: OwnLossOptions = {}): FaceLoss {
  return {
    name: perIdentity === 1 ? "own" : `own, ${perIdentity} centers`,
    options: { scale, margin },
    margin,
    scale,
    canSample: true,
    build: (scope) => {
      const cosine = scope.cosines(perIdentity);
      const share = scope.perSample("share", (samples) => {
        const norms = l2Norm(samples.embeddings);
        const mean = samples.statistic("meanNorm", [], constantly(1), (before) =>
          add(mul(before, 0.9), mul(stopGradient(reduceMean(norms)), 0.1)),
        );
        const fixed = add(mul(samples.noise(), 0.1), mul(samples.targetCosines(), 0.1));
        return add(tanh(div(norms, mean.after)), fixed);
      });
      const cost = scope.perSample("cost", (samples) => div(1, l2Norm(samples.embeddings)));
      const lowered = mul(mul(oneHot(scope.labels, cosine), share), scope.margin(margin));
      return { logits: mul(sub(cosine, lowered), scale), penalty: reduceMean(cost) };
    },
  };
}
