import { expect, it } from "vitest";
import { scoresRow } from "./scores-row.ts";

it("counts scores in bins of 0.025, those on an edge in the bin above", () => {
  const { edges, genuineCounts, impostorCounts } = scoresRow(7, Float32Array.of(1, 0.5, 0.51), Float32Array.of(-1, 0));
  expect(edges).toHaveLength(81);
  const binOf = (edge: number) => edges.indexOf(edge);
  expect([genuineCounts[binOf(0.5)], genuineCounts.at(-1)]).toEqual([2, 1]);
  expect([impostorCounts[0], impostorCounts[binOf(0)]]).toEqual([1, 1]);
});
