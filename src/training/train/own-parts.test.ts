/** Runs with a loss, a network and a data set that no registry knows. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ownLoss } from "../../../test/support/own-loss.ts";
import { tinyNetwork } from "../../../test/support/tiny-network.ts";
import type { FaceDataset } from "../../base/data/index.ts";
import { add, mul } from "../../compiler/graph/index.ts";
import { type FaceLoss, nsl } from "../losses/index.ts";
import { configureNetwork, constantly } from "../nn/index.ts";
import { syntheticFaces } from "../synthetic/index.ts";
import { loadCheckpoint } from "./checkpoint.ts";
import type { TrainingOptions } from "./options.ts";
import { runGeometry } from "./run-geometry.ts";
import { train } from "./train.ts";
import type { TrainingRun } from "./training-run.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cosface-own-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const synthetic = syntheticFaces({ identityCount: 6, imagesPerIdentity: 5, seed: 3, width: 16, height: 16 });

/** A data set of one's own: the labels in memory, the images from anywhere. */
const dataset: FaceDataset = {
  identityCount: 6,
  sampleCount: 30,
  labels: synthetic.labels,
  source: (index) => `drawn image ${index}`,
  read: (index) => synthetic.read(index),
  readBytes: (index) => synthetic.readBytes(index),
  close: async () => {},
  async *[Symbol.asyncIterator]() {
    for (let index = 0; index < 30; index++) yield await synthetic.read(index);
  },
};

const options: TrainingOptions = {
  network: tinyNetwork,
  loss: ownLoss(),
  batchSize: 6,
  iterations: 6,
  learningRate: 0.02,
  seed: 5,
  threads: 1,
  logEvery: 2,
  checkpointEvery: 3,
  measureLowerings: false,
};

const folder = (name: string) => join(root, name);
const run = (name: string, more: Partial<TrainingOptions> = {}, rest: Partial<TrainingRun> = {}) =>
  train({ dataset, options: { ...options, ...more }, folder: folder(name), ...rest });

async function stopAfter(name: string, steps: number, more: Partial<TrainingOptions> = {}) {
  const controller = new AbortController();
  const onRow: TrainingRun["onRow"] = (row) => {
    if (row.kind === "train" && row.iteration >= steps) controller.abort();
  };
  return run(name, more, { signal: controller.signal, onRow });
}

const finalState = async (name: string) => (await loadCheckpoint(folder(name)))!.state;

describe("a loss of one's own", () => {
  it.each([{}, { sampleCenters: 0.99 }])(
    "trains, and resumes to the same bits, statistics and noise too: %o",
    async (more) => {
      expect((await run("whole", more)).isFinished).toBe(true);
      await stopAfter("parts", 4, more);
      await run("parts", more, { resume: true });
      const state = await finalState("parts");
      expect(state).toEqual(await finalState("whole"));
      expect(state.meanNorm!.shape).toEqual([]);
      expect(state.meanNorm!.data[0]).not.toBe(1);
      await run("other-seed", { ...more, seed: 6 });
      expect((await finalState("other-seed")).meanNorm).not.toEqual(state.meanNorm);
    },
  );

  it("is written to options.json by name and options, and a resumed run wants the same", async () => {
    await stopAfter("a", 2);
    const written = JSON.parse(readFileSync(join(folder("a"), "options.json"), "utf8"));
    expect(written).toMatchObject({ network: "tiny", loss: { name: "own", scale: 8, margin: 0.2 } });
    const refusal = /made with other options/;
    await expect(run("a", { loss: ownLoss({ margin: 0.3 }) }, { resume: true })).rejects.toThrow(refusal);
    await expect(run("a", { loss: { ...ownLoss(), name: "another" } }, { resume: true })).rejects.toThrow(refusal);
    expect((await run("a", {}, { resume: true })).isFinished).toBe(true);
  });

  it("may have a parameter, with or without weight decay, which has a velocity and stays out of the model", async () => {
    const biased = (decay: boolean): FaceLoss => ({
      name: "biased",
      build: (scope) => ({
        logits: add(mul(scope.cosines(), 8), scope.parameter("bias", [6], constantly(0.5), { decay })),
      }),
    });
    await run("plain", { loss: biased(false), weightDecay: 0.5, momentum: 0 });
    await run("decayed", { loss: biased(true), weightDecay: 0.5, momentum: 0 });
    const [plain, decayed] = [await finalState("plain"), await finalState("decayed")];
    expect(Object.keys(plain)).toEqual(expect.arrayContaining(["bias", "bias/velocity"]));
    const sum = (data: Iterable<number | bigint>) => Array.from(data, Number).reduce((a, b) => a + b, 0);
    // Softmax does not see a shift of all logits: without decay the sum of the biases stays.
    expect(sum(plain.bias!.data)).toBeCloseTo(3, 4);
    expect(sum(decayed.bias!.data)).toBeLessThan(2.95);
  });

  it("needs a name of its own, as a network does", async () => {
    await expect(run("a", { loss: { ...ownLoss(), name: "cosface" } })).rejects.toThrow(
      /named 'cosface', which another/,
    );
    await expect(run("a", { network: { ...tinyNetwork, name: "toy" } })).rejects.toThrow(/named 'toy', which another/);
  });

  it("is taken as its registered form when it comes from the registry", async () => {
    await stopAfter("a", 2, { loss: nsl({ scale: 8 }) });
    expect((await run("a", { loss: { name: "nsl", scale: 8 } }, { resume: true })).isFinished).toBe(true);
  });
});

describe("a network of one's own", () => {
  it("trains as an architecture or at chosen sizes, and a resumed run wants the same", async () => {
    await stopAfter("a", 2, { embeddingSize: 5 });
    const network = configureNetwork(tinyNetwork, { embeddingSize: 5 });
    await expect(run("a", {}, { resume: true })).rejects.toThrow(/made with other options/);
    await expect(run("a", { network: { ...network, name: "x" } }, { resume: true })).rejects.toThrow(/other options/);
    const { model, isFinished } = await run("b", { network });
    expect([isFinished, model]).toEqual([true, join(folder("b"), "model.onnx")]);
    const written = JSON.parse(readFileSync(join(folder("b"), "options.json"), "utf8"));
    expect(written).toMatchObject({ network: "tiny", inputSize: [16, 16], embeddingSize: 5 });
  });

  it("is given again to measure the run", async () => {
    await run("a");
    await expect(runGeometry(folder("a"), dataset)).rejects.toThrow(/network: got 'tiny'/);
    const { samples } = await runGeometry(folder("a"), dataset, { network: tinyNetwork, sampleCount: 12 });
    expect(samples!.ownDegrees).toHaveLength(12);
  });
});
