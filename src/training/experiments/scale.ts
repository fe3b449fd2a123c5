import { DEFAULT_POSTERIOR, scaleLowerBound } from "../../measure/hypersphere/index.ts";
import type { Experiment } from "./experiment.ts";

/** From far below the bound to four times the 64 of the paper. */
const SCALES = [1, 2, 4, 8, 16, 30, 64, 128, 256] as const;

/** CosFace with scales from far below to far above the lower bound of Eq. 6 for the number of identities. */
export function scaleExperiment(identityCount: number, margin: number, scales: readonly number[] = SCALES): Experiment {
  const bound = scaleLowerBound({ identities: identityCount, posterior: DEFAULT_POSTERIOR });
  return {
    name: "scale",
    title: "Accuracy by scale",
    paper:
      "s must exceed the bound of Eq. 6 for a class center to reach the expected posterior. All experiments of the paper use s = 64, found empirically; it shows no sweep of s.",
    axis: { name: "Scale s", isLogarithmic: true },
    marks: [
      { at: bound, label: `Eq. 6 at P = ${DEFAULT_POSTERIOR}: ${bound.toFixed(1)}` },
      { at: 64, label: "64 of the paper" },
    ],
    variants: scales.map((scale) => ({ name: `s = ${scale}`, loss: { name: "cosface", scale, margin }, x: scale })),
  };
}
