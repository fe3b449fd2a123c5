import { describe, expect, it } from "vitest";
import { normalizationExperiment } from "./normalization.ts";
import type { RunRow } from "./results.ts";
import { scaleExperiment } from "./scale.ts";
import { sweepFigures, sweepReport } from "./sweep-report.ts";

const experiment = scaleExperiment(10_575, 0.35, [8, 64]);

const row = (variant: string, seed: number, accuracy: number | null): RunRow => ({
  variant,
  seed,
  loss: { name: "cosface" },
  outcome: accuracy === null ? "diverged" : "finished",
  accuracy,
  standardDeviation: null,
  eer: accuracy === null ? null : 1 - accuracy,
  trainingAccuracy: accuracy === null ? null : 0.5,
  trainingLoss: accuracy === null ? null : 1.25,
  iterations: 10,
  seconds: 60,
  time: "",
});

const rows = [row("s = 8", 1, 0.8), row("s = 64", 1, 0.9), row("s = 8", 2, 0.82), row("s = 64", 2, null)];
const words = { network: "a network", data: "data", test: "LFW", schedule: "", command: "cosface", machine: "m" };
const textOf = (markup: string) => markup.replace(/<[^>]+>/g, " ");

describe("sweepReport", () => {
  it("states mean and deviation, diverged runs, and the result in the paper", () => {
    const page = textOf(sweepReport({ experiment, rows, ...words }));
    expect(page).toContain("81.00\u00A0% ±\u00A01.41");
    expect(page).toContain("highest mean accuracy: s = 64");
    expect(page).toContain("diverged");
    expect(page).toContain("s must exceed the bound of Eq. 6");
  });

  it("can be made before any run has finished", () => {
    expect(sweepFigures(experiment, [row("s = 8", 1, null)])).toEqual({});
    expect(textOf(sweepReport({ experiment, rows: [row("s = 8", 1, null)], ...words }))).toContain("diverged");
  });
});

describe("sweepFigures", () => {
  it("draws a sweep over a number as lines, with the bound of Eq. 6 marked", () => {
    const figures = sweepFigures(experiment, rows);
    expect(Object.keys(figures)).toEqual(["scale-accuracy", "scale-training"]);
    // A13: 11.46 for 10,575 identities at P = 0.9.
    expect(figures["scale-accuracy"]!.svg).toContain("Eq. 6 at P = 0.9: 11.5");
  });

  it("draws named variants side by side", () => {
    const named = normalizationExperiment(30, 0.35);
    const figures = sweepFigures(named, [row("softmax", 1, 0.7), row("normalized", 1, 0.8)]);
    expect(Object.keys(figures)).toEqual(["normalization-accuracy"]);
    expect(figures["normalization-accuracy"]!.svg).toContain("normalized");
  });
});
