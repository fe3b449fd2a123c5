import type { Experiment } from "./experiment.ts";

/** Scales that NSL is given to choose its own from: without a margin, a large one hurts. */
const NSL_SCALES = [10, 20, 30, 64] as const;

/**
 * The losses of the paper's Table 2 under one set-up, NSL with several scales of its own, and ArcFace. Batches are the same
 * for all, with several images of each identity, as contrastive and triplet loss need them.
 */
export function lossesExperiment(scale: number): Experiment {
  return {
    name: "losses",
    title: "Accuracy by loss",
    paper:
      "On LFW (Table 2, 64 layers, CASIA-WebFace): softmax 97.88 %, triplet 98.70 %, softmax + contrastive 98.78 %, softmax + center 99.05 %, L-Softmax 99.10 %, A-Softmax with normalized features 99.32 %, CosFace 99.33 %, A-Softmax 99.42 %.",
    variants: [
      { name: "softmax", loss: { name: "softmax" } },
      { name: "softmax + contrastive", loss: { name: "contrastive" } },
      { name: "triplet", loss: { name: "triplet" } },
      { name: "L-Softmax", loss: { name: "lsoftmax" } },
      { name: "softmax + center", loss: { name: "center" } },
      { name: "A-Softmax", loss: { name: "asoftmax" } },
      { name: `A-Softmax, s = ${scale}`, loss: { name: "asoftmax", scale } },
      ...NSL_SCALES.map((own) => ({ name: `NSL, s = ${own}`, loss: { name: "nsl", scale: own } as const })),
      { name: "CosFace", loss: { name: "cosface", scale, margin: 0.35 } },
      { name: "ArcFace", loss: { name: "arcface", scale, margin: 0.5 } },
    ],
  };
}
