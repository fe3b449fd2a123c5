/** Training that goes on from an ONNX file of somebody else: what is learnt, kept, watched, written and resumed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { foreignFile } from "../../../test/support/foreign-network.ts";
import type { FaceDataset } from "../../base/data/index.ts";
import { readOnnx, readOnnxPorts } from "../../compiler/onnx/index.ts";
import { openEmbedder } from "../../faces/embedder/index.ts";
import { syntheticFaces } from "../synthetic/index.ts";
import { loadCheckpoint } from "./checkpoint.ts";
import type { FineTuningOptions, TrainingOptions } from "./options.ts";
import { train } from "./train.ts";
import type { TrainingRun } from "./training-run.ts";

const root = mkdtempSync(join(tmpdir(), "cosface-fine-tuning-"));
const file = join(root, "foreign.onnx");

/** Drawn once, not in each run. */
function drawnOnce(dataset: FaceDataset): FaceDataset {
  const drawn = new Map<number, ReturnType<FaceDataset["read"]>>();
  return {
    ...dataset,
    read: (index) => {
      const sample = drawn.get(index) ?? dataset.read(index);
      drawn.set(index, sample);
      return sample;
    },
  };
}

const side = { width: 16, height: 16 };
const dataset = drawnOnce(syntheticFaces({ identityCount: 8, imagesPerIdentity: 6, seed: 3, ...side }));
beforeAll(() => writeFileSync(file, foreignFile()));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const contract = { mean: 127.5, std: 128, channels: "bgr" } as const;
const small: TrainingOptions = {
  from: file,
  loss: { name: "cosface", scale: 16 },
  batchSize: 8,
  iterations: 6,
  learningRate: 0.02,
  seed: 5,
  threads: 1,
  logEvery: 1,
  measureLowerings: false,
};

const folder = (name: string) => join(root, name);
type Changes = Partial<TrainingOptions> & { readonly tuning?: FineTuningOptions };
const run = (name: string, { tuning, ...options }: Changes = {}, rest: Partial<TrainingRun> = {}) =>
  train({
    dataset,
    options: { ...small, fineTuning: { ...contract, ...tuning }, ...options },
    folder: folder(name),
    ...rest,
  });

/** A way to verify that returns these accuracies one after the other. */
const verifyAs = (...accuracies: readonly number[]): Pick<TrainingRun, "verify"> => {
  const left = [...accuracies];
  return { verify: async () => ({ accuracy: left.shift() ?? Number.NaN, standardDeviation: 0 }) };
};

const weightsOf = (path: string) =>
  new Map([...readOnnx(readFileSync(path)).parameters].map(([name, { data }]) => [name, [...(data as Float32Array)]]));
const changedOf = (path: string) => {
  const [before, after] = [weightsOf(file), weightsOf(path)];
  expect([...after.keys()]).toEqual([...before.keys()]);
  return [...after].filter(([name, data]) => data.join() !== before.get(name)?.join()).map(([name]) => name);
};
const lossesOf = (rows: Awaited<ReturnType<typeof run>>["rows"]) =>
  rows.flatMap((row) => (row.kind === "train" ? [row.loss] : []));

describe("fine-tuning", () => {
  it("learns from centers that know the people, and writes the file with other weights and its contract", async () => {
    const notes: string[] = [];
    const { rows, model } = await run("a", { iterations: 40 }, { onNote: (note) => notes.push(note) });
    const losses = lossesOf(rows);
    const ends = (from: number, to: number) =>
      losses.slice(from, to).reduce((sum, loss) => sum + loss, 0) / (to - from);
    expect(ends(32, 40)).toBeLessThan(ends(0, 8) - 0.5);
    expect(notes).toContain(`${file}: was made for one image at a time, and is trained on any number`);
    // All but running statistics, numbers of formulas and what is not trained.
    const statistics = ["bn1.mean", "bn1.variance", "bn2.mean", "bn2.variance"];
    const all = [...weightsOf(file).keys()];
    expect(changedOf(model!)).toEqual(all.filter((name) => !statistics.includes(name)));
    const [before, after] = [file, model!].map((path) => readOnnxPorts(readFileSync(path)));
    expect([after!.inputs, after!.outputs]).toEqual([before!.inputs, before!.outputs]);
    const embedder = await openEmbedder(model!);
    expect(embedder.contract).toMatchObject({ ...contract, inputSize: [16, 16], embeddingSize: 12, flip: "none" });
    expect(after!.metadata["cosface.id"]).toBe(embedder.id);
    await embedder.close();
  });

  it("begins below the loss of a head with random centers", async () => {
    const { rows } = await run("first", { iterations: 1, loss: { name: "nsl", scale: 16 } });
    // ln(8 − 1) + 16²/(2·12) is that of random centers.
    expect(lossesOf(rows)[0]).toBeLessThan(4);
  });

  it("resumes to the same bits, statistics too", async () => {
    const changes = { tuning: { batchNorm: "train" }, verifyEvery: 2, checkpointEvery: 2 } as const;
    const accuracies = [0.9, 0.9, 0.8, 0.9];
    const whole = await run("whole", changes, verifyAs(...accuracies));
    const controller = new AbortController();
    const stop: TrainingRun["onRow"] = (row) => {
      if (row.kind === "train" && row.iteration === 3) controller.abort();
    };
    await run("parts", changes, { ...verifyAs(...accuracies), signal: controller.signal, onRow: stop });
    const resumed = await run("parts", changes, { ...verifyAs(...accuracies.slice(2)), resume: true });
    expect((await loadCheckpoint(folder("parts")))!.state).toEqual((await loadCheckpoint(folder("whole")))!.state);
    expect(readFileSync(resumed.model!).equals(readFileSync(whole.model!))).toBe(true);
    expect(lossesOf(resumed.rows)).toEqual(lossesOf(whole.rows));
    expect(changedOf(whole.model!)).toContain("bn1.mean");
  });

  it("keeps the weights of groups and names", async () => {
    const { model } = await run("frozen", { tuning: { freeze: ["stage1", "stage2", "fc.*"] } });
    expect(changedOf(model!)).toEqual(["last", "bn2.scale", "bn2.shift"]);
    await expect(run("unknown", { tuning: { freeze: ["stage9"] } })).rejects.toThrow(
      /nothing in this network is called 'stage9': it has head, stage1, stage2, and tensors such as 446/,
    );
    await expect(run("all", { tuning: { freeze: ["*"] } })).rejects.toThrow(/no weights are left to train/);
  });

  it("lowers the rate from the last layer to the first", async () => {
    const { model } = await run("decay", { iterations: 1, tuning: { layerDecay: 0.1 } });
    const [before, after] = [weightsOf(file), weightsOf(model!)];
    const largest = (name: string) =>
      after.get(name)!.reduce((most, value, i) => Math.max(most, Math.abs(value - before.get(name)![i]!)), 0);
    // AdamW's first step is the learning rate.
    expect(largest("fc.weight") / largest("last")).toBeCloseTo(0.1, 2);
    expect(largest("dw.weight") / largest("last")).toBeCloseTo(0.01, 2);
  });

  it("embeds the file's inner tensor that is named, which becomes an output behind the others", async () => {
    const path = join(root, "classes.onnx");
    writeFileSync(
      path,
      foreignFile({ behind: { nodes: [["Softmax", ["embedding"], ["classes"], { axis: 1 }]], outputs: ["classes"] } }),
    );
    const { model } = await run("inner", { from: path, tuning: { output: "embedding" } });
    expect(readOnnxPorts(readFileSync(model!)).outputs.map(({ name }) => name)).toEqual(["classes", "embedding"]);
    const embedder = await openEmbedder(model!);
    expect(embedder.contract.output).toBe("embedding");
    await embedder.close();
    await expect(run("none", { from: path, tuning: { output: "c1" } })).rejects.toThrow(
      /got output 'c1' of \[batch,8,8,8\], expected one row of numbers for each image: .*embedding \(12\)/,
    );
  });

  it("refuses options that do not go together", async () => {
    await expect(run("x", { network: "toy" })).rejects.toThrow("got both 'from' and 'network'");
    await expect(train({ dataset, options: { fineTuning: {} }, folder: folder("x") })).rejects.toThrow(
      /without 'from'/,
    );
    await expect(run("x", { tuning: { encoderRate: 0 } })).rejects.toThrow(/encoder rate: got 0/);
  });
});

describe("the guard", () => {
  const guardRows = (rows: Awaited<ReturnType<typeof run>>["rows"]) =>
    rows.flatMap((row) => (row.kind === "guard" ? [[row.iteration, row.action, row.restored]] : []));
  const often = { verifyEvery: 1, iterations: 5 };

  it("goes back to the last good weights and lowers the rate, at last ends", async () => {
    const notes: string[] = [];
    const verify = verifyAs(0.9, 0.9, 0.88, 0.91, 0.87, 0.8);
    const { rows, isFinished, model } = await run("falls", often, { ...verify, onNote: (note) => notes.push(note) });
    expect(guardRows(rows)).toEqual([
      [2, "lower", 1],
      [4, "lower", 3],
      [5, "stop", 3],
    ]);
    expect([isFinished, model]).toEqual([true, join(folder("falls"), "model.onnx")]);
    expect(notes).toContain(
      "after 2 steps the accuracy fell from 90.00 % to 88.00 %: the weights are those after 1 steps again, and training goes on at a tenth of the rate",
    );
    const rates = rows.flatMap((row) => (row.kind === "train" ? [row.learningRate] : []));
    const planned = (await run("keeps", often, verifyAs(1, 1, 1, 1, 1, 1))).rows.flatMap((row) =>
      row.kind === "train" ? [row.learningRate] : [],
    );
    expect(rates.map((rate, i) => rate / planned[i]!)).toEqual([1, 1, 0.1, 0.1, 0.01].map((x) => expect.closeTo(x, 9)));
  });

  it("stops where it is asked to, with the weights of before, and is silent when off", async () => {
    const { rows, model, iteration } = await run("stops", { ...often, tuning: { guard: "stop" } }, verifyAs(0.9, 0.1));
    expect([guardRows(rows), iteration]).toEqual([[[1, "stop", 0]], 1]);
    expect(changedOf(model!)).toEqual([]);
    const silent = await run("off", { ...often, tuning: { guard: "off" } }, verifyAs(0.9, 0.1, 0.1, 0.1, 0.1, 0.1));
    expect([guardRows(silent.rows), silent.iteration]).toEqual([[], 5]);
  });

  it("measures people who are held out, on images as they are and as training changes them", async () => {
    const many = drawnOnce(syntheticFaces({ identityCount: 42, imagesPerIdentity: 3, seed: 4, ...side }));
    const augmentation = { blur: { probability: 1, factor: 8 } };
    const { rows, identityCount } = await run(
      "held",
      { augmentation, iterations: 2, tuning: { holdOut: 0.1 } },
      { dataset: many },
    );
    expect(identityCount).toBe(22);
    const verified = rows.flatMap((row) => (row.kind === "verify" ? [row] : []));
    expect(verified.map(({ iteration }) => iteration)).toEqual([0, 1, 2]);
    for (const { accuracy, changedAccuracy } of verified) expect(changedAccuracy).not.toBe(accuracy);
  });
});
