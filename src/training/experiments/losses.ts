import { comparedLosses } from "../losses/index.ts";
import type { Experiment } from "./experiment.ts";

/**
 * Every loss under one set-up, those of the paper's Table 2 among them; NSL with several scales, since a large one hurts
 * without a margin. All have the same batches, with several images of each identity, as contrastive and triplet loss need
 * them.
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
