import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TrainingError } from "../../base/core/index.ts";
import type { FaceDataset } from "../../base/data/index.ts";
import { readOnnxPorts } from "../../compiler/onnx/index.ts";
import { openEmbedder } from "../../faces/embedder/index.ts";
import { syntheticFaces } from "../synthetic/index.ts";
import { loadCheckpoint } from "./checkpoint.ts";
import type { TrainingOptions } from "./options.ts";
import { readRunLog } from "./run-log.ts";
import { train } from "./train.ts";
import type { TrainingRun } from "./training-run.ts";

let root: string;
let dataset: FaceDataset;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cosface-train-"));
  dataset = syntheticFaces({ identityCount: 6, imagesPerIdentity: 5, seed: 3, width: 16, height: 16 });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const small: TrainingOptions = {
  network: "sphere4",
  inputSize: [16, 16],
  embeddingSize: 8,
  loss: { name: "cosface", scale: 16 },
  batchSize: 8,
  iterations: 12,
  learningRate: 0.05,
  milestones: [0.5],
  warmUp: 2,
  seed: 5,
  threads: 1,
  logEvery: 2,
  measureLowerings: false,
  augmentation: { geometry: { shift: 0.1 }, color: { brightness: 0.2 } },
};

const folder = (name: string) => join(root, name);
const run = (name: string, options: Partial<TrainingOptions> = {}, rest: Partial<TrainingRun> = {}) =>
  train({ dataset, options: { ...small, ...options }, folder: folder(name), ...rest });

/** Stops a run as Ctrl-C does, after a number of steps. */
function stopAfter(steps: number): Pick<TrainingRun, "signal" | "onRow"> {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    onRow: (row) => {
      if (row.kind === "train" && row.iteration >= steps) controller.abort();
    },
  };
}

async function finalState(name: string) {
  const checkpoint = await loadCheckpoint(folder(name));
  const digest = (data: ArrayBufferView) => createHash("sha256").update(Buffer.from(data.buffer)).digest("hex");
  return Object.entries(checkpoint!.state).map(([key, { data }]) => [key, digest(data)]);
}

describe("a finished run", () => {
  it("leaves a model, a log, options and checkpoints, and learns", async () => {
    const result = await run("a", { iterations: 60, learningRate: 0.02 });
    expect(result).toMatchObject({
      iteration: 60,
      isFinished: true,
      identityCount: 6,
      sampleCount: 30,
      brokenImages: [],
    });
    const names = readdirSync(folder("a")).map((name) => name.replace(/events\.out.*/, "events"));
    expect(names.sort()).toEqual([
      "checkpoint-00000057.safetensors",
      "checkpoint-00000060.safetensors",
      "events",
      "log.jsonl",
      "model.onnx",
      "options.json",
    ]);
    const rows = result.rows.flatMap((row) => (row.kind === "train" ? [row] : []));
    expect(rows).toHaveLength(30);
    expect(rows.at(-1)!.loss).toBeLessThan(rows[0]!.loss - 1);
    expect(readRunLog(join(folder("a"), "log.jsonl"))).toEqual(result.rows);
  });

  it("exports a network that says how its input is made, and takes any batch", async () => {
    const { model } = await run("a");
    const embedder = await openEmbedder(model!);
    expect(embedder.contract).toEqual({
      inputSize: [16, 16],
      embeddingSize: 8,
      channels: "rgb",
      mean: 127.5,
      std: 128,
      template: "arcface",
      flip: "concat",
    });
    expect(readOnnxPorts(readFileSync(model!)).metadata["cosface.id"]).toBe(embedder.id);
    const images = await Promise.all([0, 7, 12].map(async (index) => (await dataset.read(index)).image));
    const together = await embedder.embed(images);
    const alone = await embedder.embed([images[1]!]);
    expect(together.size).toBe(8);
    for (let k = 0; k < 8; k++) expect(alone.data[k]).toBeCloseTo(together.data[8 + k]!, 5);
    await embedder.close();
  });

  it("is the same for the same seed and another for another", async () => {
    await run("a");
    await run("b");
    await run("c", { seed: 6 });
    expect(await finalState("b")).toEqual(await finalState("a"));
    expect(await finalState("c")).not.toEqual(await finalState("a"));
  });

  it("verifies when asked, and logs it", async () => {
    const verify = async () => ({ accuracy: 0.75, standardDeviation: 0.1 });
    const { rows } = await run("a", { verifyEvery: 4 }, { verify });
    expect(rows.flatMap((row) => (row.kind === "verify" ? [row.iteration] : []))).toEqual([4, 8, 12]);
    expect(rows.some((row) => row.kind === "scores")).toBe(false);
    const scored = { ...(await verify()), genuineScores: Float32Array.of(0.5), impostorScores: Float32Array.of(0.1) };
    const again = await run("b", { verifyEvery: 6 }, { verify: async () => scored });
    expect(again.rows.flatMap((row) => (row.kind === "scores" ? [row.iteration] : []))).toEqual([6, 12]);
  });
});

describe("resuming", () => {
  it("ends with the same bits as a run that never stopped", async () => {
    const whole = await run("whole");
    const stopped = await run("parts", {}, stopAfter(6));
    expect(stopped).toMatchObject({ iteration: 6, isFinished: false, model: undefined });
    const resumed = await run("parts", {}, { resume: true });
    expect(resumed.isFinished).toBe(true);
    expect(await finalState("parts")).toEqual(await finalState("whole"));
    expect(readFileSync(resumed.model!).equals(readFileSync(whole.model!))).toBe(true);
    const losses = (rows: typeof whole.rows) => rows.flatMap((row) => (row.kind === "train" ? [row.loss] : []));
    expect(losses(resumed.rows)).toEqual(losses(whole.rows));
  });

  it("holds for running statistics too", async () => {
    const options = { network: "toy", iterations: 4, learningRate: 0.01 };
    await run("whole", options);
    await run("parts", options, stopAfter(2));
    await run("parts", options, { resume: true });
    expect(await finalState("parts")).toEqual(await finalState("whole"));
  });

  it("holds for class centers of which each step samples some, and their velocities", async () => {
    const options = { sampleCenters: 0.5, batchSize: 2, iterations: 8 };
    await run("whole", options);
    const stopped = await run("parts", options, stopAfter(4));
    expect(stopped.isFinished).toBe(false);
    await run("parts", options, { resume: true });
    const state = await finalState("whole");
    expect(await finalState("parts")).toEqual(state);
    expect(state.map(([name]) => name)).toEqual(expect.arrayContaining(["centers", "centers/velocity"]));
    await expect(run("parts", { ...options, sampleCenters: 0.7 }, { resume: true })).rejects.toThrow(TrainingError);
  });

  it("holds for class means and for batches of chosen identities too", async () => {
    const options = { loss: { name: "center", weight: 0.1 }, identitiesPerBatch: 4, iterations: 4 } as const;
    await run("whole", options);
    await run("parts", options, stopAfter(2));
    await run("parts", options, { resume: true });
    const state = await finalState("parts");
    expect(state.map(([name]) => name)).toContain("means");
    expect(state).toEqual(await finalState("whole"));
  });

  it("takes more steps when asked, and reports that the schedule changes", async () => {
    await run("a");
    const notes: string[] = [];
    const longer = await run("a", { iterations: 14 }, { resume: true, onNote: (text) => notes.push(text) });
    expect(longer.iteration).toBe(14);
    await expect(run("a", { iterations: 9 }, { resume: true })).rejects.toThrow(/at least the 14 already done/);
    expect(notes).toContain("this run was planned for 12 steps; from step 12 on, its schedule is that of 14");
  });

  it("says before the first step that a scale is too small, and keeps that in the log", async () => {
    const notes: string[] = [];
    const options = { loss: { name: "cosface", scale: 0.1 }, iterations: 1 } as const;
    const { rows } = await run("small", options, { notes: ["a reason"], onNote: (text) => notes.push(text) });
    expect(notes).toEqual(["a reason", expect.stringMatching(/^scale 0\.1 is too small/)]);
    expect(rows[0]).toMatchObject({ kind: "start", notes });
  });

  it("refuses other options, and a folder that holds a run", async () => {
    await run("a", {}, stopAfter(2));
    await expect(run("a", { learningRate: 0.1 }, { resume: true })).rejects.toThrow(/made with other options/);
    await expect(run("a")).rejects.toThrow(/holds a run: resume it/);
  });

  it("starts from the beginning where there is no checkpoint yet", async () => {
    expect((await run("new", {}, { resume: true })).isFinished).toBe(true);
  });
});

describe("a run that is initialized from another", () => {
  it("begins with what that one learnt, whatever its loss and seed", async () => {
    await run("before", { loss: { name: "nsl", scale: 16 } });
    // A step too small to change anything.
    const still = { iterations: 1, learningRate: 1e-30, warmUp: 0, seed: 6 };
    await run("after", { ...still, initializeFrom: folder("before") });
    await run("fresh", still);
    const learnt = async (name: string) => (await finalState(name)).filter(([key]) => !key!.includes("/"));
    expect(await learnt("after")).toEqual(await learnt("before"));
    expect(await learnt("fresh")).not.toEqual(await learnt("before"));
  });

  it("wants a checkpoint there, of the same network", async () => {
    await expect(run("a", { initializeFrom: folder("none") })).rejects.toThrow(/without a checkpoint/);
    await run("b");
    await expect(run("c", { embeddingSize: 4, initializeFrom: folder("b") })).rejects.toThrow(/another network/);
  });
});

describe("what stops a run", () => {
  it("a loss that is not finite, named with its iteration, learning rate and first broken tensor", async () => {
    await expect(run("a", { learningRate: 1e12, warmUp: 0 })).rejects.toThrow(
      /diverged at iteration \d+: loss (NaN|Infinity), learning rate 1\.00e\+12, first broken tensor: [\w./]+: lower/,
    );
  });

  it("options out of range, before anything is written", async () => {
    await expect(run("a", { batchSize: 0 })).rejects.toThrow("batch size: got 0");
    await expect(run("a", { network: "sphere5" })).rejects.toThrow(/network: got 'sphere5', expected one of sphere4/);
    await expect(run("a", { inputSize: [20, 16] })).rejects.toThrow(/expected both sides to be multiples of 16/);
    await expect(run("a", { epochs: 2 })).rejects.toThrow(/got both epochs and iterations/);
    expect(readdirSync(root)).toEqual([]);
  });
});
