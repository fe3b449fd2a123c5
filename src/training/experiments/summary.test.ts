import { expect, it } from "vitest";
import type { Experiment } from "./experiment.ts";
import type { RunRow } from "./results.ts";
import { summarizeRuns } from "./summary.ts";

const variant = (name: string) => ({ name, loss: { name: "softmax" } as const });
const experiment: Experiment = {
  name: "losses",
  title: "",
  paper: "",
  variants: [variant("a"), variant("b"), variant("c")],
};
const row = (name: string, seed: number, accuracy: number | null): RunRow => ({
  variant: name,
  seed,
  loss: { name: "softmax" },
  outcome: accuracy === null ? "diverged" : "finished",
  accuracy,
  standardDeviation: accuracy === null ? null : 0.01,
  eer: null,
  trainingAccuracy: accuracy === null ? null : 0.5,
  trainingLoss: null,
  iterations: 1,
  seconds: 1,
  time: "",
});

it("gives mean and spread over the seeds, worked out by hand", () => {
  const [a, b] = summarizeRuns(experiment, [row("a", 1, 0.7), row("b", 1, 0.9), row("a", 2, 0.8), row("a", 3, 0.9)]);
  expect(a).toMatchObject({ name: "a", accuracies: [0.7, 0.8, 0.9], trainingAccuracy: 0.5, finishedCount: 3 });
  expect(a!.mean).toBeCloseTo(0.8, 12);
  expect(a!.standardDeviation).toBeCloseTo(0.1, 12);
  expect(b).toMatchObject({ mean: 0.9, standardDeviation: Number.NaN });
});

it("counts runs that diverged, and leaves them out of the mean", () => {
  const [a, b, ...rest] = summarizeRuns(experiment, [row("a", 1, 0.7), row("a", 2, null), row("b", 1, null)]);
  expect(a).toMatchObject({ mean: 0.7, finishedCount: 1, divergedCount: 1 });
  expect(b).toMatchObject({ mean: Number.NaN, finishedCount: 0, divergedCount: 1 });
  expect(rest).toEqual([]);
});
