import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { beforeAll, describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { runToy, summarizeToy, type ToyRun } from "./toy.ts";
import { toyFaces } from "./toy-faces.ts";
import { toyFigures, toyReport } from "./toy-report.ts";

const inputSize = [16, 16] as const;
const left = async () => (await readdir(tmpdir())).filter((name) => name.startsWith("cosface-toy-")).length;
let runs: readonly ToyRun[];
let before: number;

beforeAll(async () => {
  before = await left();
  const dataset = await toyFaces({ identityCount: 8, imagesPerIdentity: 3, inputSize, seed: 1 });
  runs = await runToy({ dataset, inputSize, margins: [0.1, 0.35], seeds: [1, 2], iterations: 4, threads: 1 });
});

describe("runToy", () => {
  it("runs each loss with each seed, from other initial values, and leaves no folder", async () => {
    expect(runs.map(({ name, seed }) => `${name}, ${seed}`)).toEqual([
      "softmax, 1",
      "CosFace, m = 0.1, 1",
      "CosFace, m = 0.35, 1",
      "softmax, 2",
      "CosFace, m = 0.1, 2",
      "CosFace, m = 0.35, 2",
    ]);
    for (const { features, labels, centers } of runs) {
      expect([features.length, labels.length, centers.length]).toEqual([48, 24, 16]);
      expect(features.every(Number.isFinite)).toBe(true);
    }
    expect(runs[0]!.features).not.toEqual(runs[3]!.features);
    expect(await left()).toBe(before);
  });

  it("refuses a scale of 0 and no seeds", async () => {
    const dataset = await toyFaces({ identityCount: 8, imagesPerIdentity: 1, inputSize, seed: 1 });
    await expect(runToy({ dataset, seeds: [1], scale: 0 })).rejects.toThrow(OptionError);
    await expect(runToy({ dataset, seeds: [] })).rejects.toThrow(/number of seeds: got 0/);
  });
});

describe("summarizeToy", () => {
  it("worked by hand: mean and standard deviation over two seeds", () => {
    const [first, , , second] = runs as [ToyRun, ToyRun, ToyRun, ToyRun];
    const at = (run: ToyRun, meanGap: number, gapToNext: number): ToyRun => ({
      ...run,
      clouds: { meanGap, clouds: [{ ...run.clouds.clouds[0]!, gapToNext }] },
    });
    const [summary] = summarizeToy([at(first, 10, 3), at(second, 14, -2)]);
    expect(summary).toMatchObject({ name: "softmax", runCount: 2, meanGapDegrees: 12, smallestGapDegrees: -2 });
    expect(summary!.gapDeviationDegrees).toBeCloseTo(Math.sqrt(8), 12);
    expect(summarizeToy([first])[0]!.gapDeviationDegrees).toBeNaN();
  });
});

describe("the toy's page", () => {
  const options = { scale: 64, data: "<set>", command: "cosface experiment toy", machine: "here", seconds: 3 };

  it("draws the first seed's runs in both views, and the gap by margin", () => {
    expect(Object.keys(toyFigures(runs))).toEqual([
      "plane-softmax",
      "plane-cosface-m-0.1",
      "plane-cosface-m-0.35",
      "circle-softmax",
      "circle-cosface-m-0.1",
      "circle-cosface-m-0.35",
      "gap-by-margin",
    ]);
  });

  it("says whether the gap grows, by the margins up to the bound alone, and what happens above it", () => {
    const withGaps = (gaps: readonly number[]) => {
      const fake = [0, 0.1, 0.35].map((margin, i): ToyRun => {
        const run = runs[0]!;
        return { ...run, name: `m = ${margin}`, margin, clouds: { ...run.clouds, meanGap: gaps[i]! } };
      });
      return toyReport({ ...options, runs: fake });
    };
    expect(withGaps([5, 20, 7])).toContain("the mean gap grows with the margin: 5.0° at m = 0, 20.0° at m = 0.1.");
    expect(withGaps([20, 5, 30])).toContain("does not grow with every step");
    expect(withGaps([5, 20, 7])).toContain("m = 0.35 exceeds 1 − cos 45° = 0.2929");
    expect(withGaps([5, 20, 7])).toContain("&lt;set&gt;");
  });
});
