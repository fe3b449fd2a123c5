import { scoreHistogram } from "../../measure/eval/index.ts";

/** A line that reports the scores of a verification, counted: bin i holds edges[i] ≤ score < edges[i + 1]. */
export type ScoresRow = {
  readonly kind: "scores";
  readonly iteration: number;
  readonly edges: readonly number[];
  readonly genuineCounts: readonly number[];
  readonly impostorCounts: readonly number[];
};

/** Bins of 0.025 each. */
const BIN_COUNT = 80;

/** Counts the scores in bins, so that a row has a kilobyte however many pairs were verified. */
export function scoresRow(iteration: number, genuine: Float32Array, impostor: Float32Array): ScoresRow {
  const { edges, genuineCounts, impostorCounts } = scoreHistogram({ genuine, impostor }, { binCount: BIN_COUNT });
  return {
    kind: "scores",
    iteration,
    edges: Array.from(edges, (edge) => Number(edge.toFixed(3))),
    genuineCounts: [...genuineCounts],
    impostorCounts: [...impostorCounts],
  };
}
