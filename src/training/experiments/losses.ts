import { comparedLosses } from "../losses/index.ts";
import type { Experiment } from "./experiment.ts";

/**
 * Every loss under the same conditions, including those of the paper's Table 2; NSL with several scales, since a large
 * scale is harmful without a margin. All use the same batches with several images per identity, which contrastive and
 * triplet loss need.
 */
export function lossesExperiment(scale: number): Experiment {
  return {
    name: "losses",
    title: "Accuracy by loss",
    paper:
      "On LFW (Table 2, 64 layers, CASIA-WebFace): softmax 97.88 %, triplet 98.70 %, softmax + contrastive 98.78 %, softmax + center 99.05 %, L-Softmax 99.10 %, A-Softmax with normalized features 99.32 %, CosFace 99.33 %, A-Softmax 99.42 %.",
    variants: comparedLosses(scale).map(({ title, loss }) => ({ name: title, loss })),
  };
}
