import type { Experiment } from "./experiment.ts";

/**
 * CosFace with and without normalized embeddings. Without normalization, the paper initializes from a network trained
 * with softmax. To exclude the advantage of twice the steps, the normalized variant is also trained after softmax.
 */
export function normalizationExperiment(scale: number, margin: number): Experiment {
  const normalized = { name: "cosface", scale, margin } as const;
  return {
    name: "normalization",
    title: "Accuracy with and without feature normalization",
    paper:
      "On LFW (Table 1, m = 0.35): 99.10 % without and 99.33 % with feature normalization; the model without is initialized by softmax.",
    variants: [
      { name: "softmax", loss: { name: "softmax" } },
      { name: "norms kept, after softmax", loss: { name: "cosface", scale: "norm", margin }, startsFrom: "softmax" },
      { name: "normalized, after softmax", loss: normalized, startsFrom: "softmax" },
      { name: "norms kept", loss: { name: "cosface", scale: "norm", margin } },
      { name: "normalized", loss: normalized },
    ],
  };
}
