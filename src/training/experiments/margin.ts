import type { Experiment } from "./experiment.ts";

/** The paper's range in the steps of its figure, and two larger margins. */
const MARGINS = [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.6, 0.8] as const;

/** CosFace with margins from 0 to far above the paper's range. */
export function marginExperiment(scale: number, margins: readonly number[] = MARGINS): Experiment {
  return {
    name: "margin",
    title: "Accuracy by margin",
    paper:
      "Accuracy on LFW and YTF is lowest at m = 0, rises with m and saturates at 0.35; beyond 0.45 training fails to converge (Figure 5; its numbers are not in the text).",
    axis: { name: "Margin m (cosine)" },
    marks: [{ at: 0.35, label: "0.35 of the paper" }],
    variants: margins.map((margin) => ({
      name: `m = ${margin}`,
      loss: { name: "cosface", scale, margin },
      x: margin,
    })),
  };
}
