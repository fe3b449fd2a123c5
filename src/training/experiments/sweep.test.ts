import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TrainingError } from "../../base/core/index.ts";
import { syntheticFaces, syntheticVerification } from "../synthetic/index.ts";
import type { Experiment } from "./experiment.ts";
import type { Material } from "./material.ts";
import { readResults } from "./results.ts";
import { runSweep, type Sweep } from "./sweep.ts";

let root: string;
let material: Material;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cosface-sweep-"));
  const people = { imagesPerIdentity: 4, seed: 3, width: 16, height: 16 };
  material = {
    dataset: syntheticFaces({ ...people, identityCount: 5 }),
    verification: syntheticVerification({ ...people, identityCount: 8, firstIdentity: 5, folds: 2, pairsPerFold: 8 }),
    protocol: "synthetic",
  };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const options = {
  network: "sphere4",
  inputSize: [16, 16],
  embeddingSize: 8,
  batchSize: 5,
  iterations: 12,
  learningRate: 0.02,
  threads: 1,
  logEvery: 2,
  checkpointEvery: 4,
  measureLowerings: false,
} as const;

function experiment(variants: Experiment["variants"]): Experiment {
  return { name: "margin", title: "", paper: "", variants };
}

const two = experiment([
  { name: "m = 0", loss: { name: "cosface", scale: 16, margin: 0 }, x: 0 },
  { name: "m = 0.2", loss: { name: "cosface", scale: 16, margin: 0.2 }, x: 0.2 },
]);

const sweep = (name: string, rest: Partial<Sweep> = {}) =>
  runSweep({ experiment: two, material, options, seeds: [1, 2], folder: join(root, name), ...rest });

const measures = (folder: string) =>
  readResults(join(root, folder))
    .map(({ variant, seed, outcome, accuracy, trainingLoss }) => ({ variant, seed, outcome, accuracy, trainingLoss }))
    .sort((a, b) => `${a.variant}${a.seed}`.localeCompare(`${b.variant}${b.seed}`));

describe("runSweep", () => {
  it("makes each run once, keeps its row, and has nothing to do when called again", async () => {
    const { rows, isFinished } = await sweep("a");
    expect(isFinished).toBe(true);
    expect(rows.map(({ variant, seed }) => [variant, seed])).toEqual([
      ["m = 0", 1],
      ["m = 0.2", 1],
      ["m = 0", 2],
      ["m = 0.2", 2],
    ]);
    for (const row of rows) {
      expect(row).toMatchObject({ outcome: "finished", iterations: 12 });
      expect(row.accuracy).toBeGreaterThanOrEqual(0);
      expect(row.accuracy).toBeLessThanOrEqual(1);
    }
    expect(rows[0]!.trainingLoss).not.toBe(rows[1]!.trainingLoss);
    const text = readFileSync(join(root, "a", "results.jsonl"), "utf8");
    expect((await sweep("a")).rows).toEqual(rows);
    expect(readFileSync(join(root, "a", "results.jsonl"), "utf8")).toBe(text);
    const left = readdirSync(join(root, "a", "runs"), { recursive: true, encoding: "utf8" });
    expect(left.filter((file) => /safetensors|claim/.test(file))).toEqual([]);
    expect(existsSync(join(root, "a", "runs", "m-0.2-seed2", "model.onnx"))).toBe(true);
  });

  it("stopped within a run, goes on to the numbers of a sweep that was not stopped", async () => {
    await sweep("whole");
    const abort = new AbortController();
    const stopped = await sweep("stopped", {
      signal: abort.signal,
      onProgress: ({ doneCount, activity }) => {
        if (doneCount === 1 && activity.includes("step 4")) abort.abort();
      },
    });
    expect(stopped.isFinished).toBe(false);
    expect(stopped.rows).toHaveLength(1);
    expect((await sweep("stopped")).isFinished).toBe(true);
    expect(measures("stopped")).toEqual(measures("whole"));
  });

  it("shares the runs among those who work on one folder", async () => {
    await sweep("alone");
    const made: string[] = [];
    const onRow = ({ variant, seed }: { variant: string; seed: number }) => made.push(`${variant} ${seed}`);
    const results = await Promise.all([sweep("shared", { onRow }), sweep("shared", { onRow })]);
    expect(results.map(({ isFinished }) => isFinished)).toEqual([true, true]);
    expect(made.sort()).toEqual(["m = 0 1", "m = 0 2", "m = 0.2 1", "m = 0.2 2"]);
    expect(measures("shared")).toEqual(measures("alone"));
  });

  it("counts a run that diverges as a result", async () => {
    const { rows, isFinished } = await sweep("wild", { options: { ...options, learningRate: 1e12 }, seeds: [1] });
    expect(isFinished).toBe(true);
    expect(rows.map(({ outcome, accuracy }) => [outcome, accuracy])).toEqual([
      ["diverged", null],
      ["diverged", null],
    ]);
    expect(rows[0]!.reason).toMatch(/diverged at iteration/);
  });

  it("trains a network twice where a variant goes on from another", async () => {
    const [first, second] = two.variants;
    const staged = experiment([{ ...second!, startsFrom: "m = 0" }, first!]);
    const { rows } = await sweep("staged", { experiment: staged, seeds: [1] });
    const fresh = (await sweep("fresh", { seeds: [1] })).rows;
    expect(rows.map(({ variant }) => variant)).toEqual(["m = 0.2", "m = 0"]);
    expect(rows[1]!.trainingLoss).toBe(fresh[0]!.trainingLoss);
    // What was learnt before is not forgotten.
    expect(rows[0]!.trainingLoss).toBeLessThan(fresh[1]!.trainingLoss! - 0.1);
  });

  it("refuses a folder with a sweep of another configuration", async () => {
    await sweep("a", { seeds: [1] });
    const other = sweep("a", { options: { ...options, batchSize: 10 } });
    await expect(other).rejects.toThrow(TrainingError);
    await expect(other).rejects.toThrow("another configuration");
  });

  it("reports its progress", async () => {
    const seen: (readonly [number, number, boolean])[] = [];
    await sweep("a", {
      seeds: [1],
      onProgress: ({ doneCount, runCount, secondsLeft }) => seen.push([doneCount, runCount, (secondsLeft ?? 0) > 0]),
    });
    expect(seen[0]).toEqual([0, 2, true]);
    expect(seen.at(-1)!.slice(0, 2)).toEqual([1, 2]);
  });
});
