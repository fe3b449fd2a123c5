/** Every loss of the registry in training, so that a new one is tested the day it is added. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tinyNetwork } from "../../../test/support/tiny-network.ts";
import { createLoss, lossDefinitions } from "../losses/index.ts";
import { syntheticFaces } from "../synthetic/index.ts";
import { loadCheckpoint } from "./checkpoint.ts";
import type { TrainingOptions } from "./options.ts";
import { train } from "./train.ts";
import type { TrainingRun } from "./training-run.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cosface-losses-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const dataset = syntheticFaces({ identityCount: 6, imagesPerIdentity: 5, seed: 3, width: 16, height: 16 });
const options: TrainingOptions = {
  network: tinyNetwork,
  batchSize: 6,
  identitiesPerBatch: 3,
  iterations: 4,
  learningRate: 1e-3,
  seed: 5,
  threads: 1,
  logEvery: 2,
  checkpointEvery: 4,
  measureLowerings: false,
};

const run = (name: string, more: Partial<TrainingOptions>, rest: Partial<TrainingRun> = {}) =>
  train({ dataset, options: { ...options, ...more }, folder: join(root, name), ...rest });

async function expectSameBits(more: Partial<TrainingOptions>) {
  const controller = new AbortController();
  const stop: TrainingRun["onRow"] = (row) => {
    if (row.kind === "train" && row.iteration >= 2) controller.abort();
  };
  expect((await run("whole", more)).isFinished).toBe(true);
  expect((await run("parts", more, { signal: controller.signal, onRow: stop })).isFinished).toBe(false);
  expect((await run("parts", more, { resume: true })).isFinished).toBe(true);
  const [whole, parts] = [await loadCheckpoint(join(root, "whole")), await loadCheckpoint(join(root, "parts"))];
  expect(parts?.state).toEqual(whole?.state);
}

/** The losses, but the first one's value is not held against theory: the tiny network's cosines are far from 0. */
const losses = [
  ...lossDefinitions.map((definition) => definition.create()),
  { ...createLoss({ name: "arcface", subcenters: 3, filter: 0.4 }), name: "arcface, three centers" },
  { ...createLoss({ name: "elastic-arcface", plus: true }), name: "elastic-arcface, plus" },
].map(({ firstLoss, ...loss }) => ({ ...loss, name: `tiny ${loss.name}` }));

describe("training, interrupted and resumed, ends with the same bits", () => {
  it.each(losses)("$name", (loss) => expectSameBits({ loss }));
});

describe("training with sampled class centers, interrupted and resumed, ends with the same bits", () => {
  it.each(losses.filter(({ canSample }) => canSample))("$name", (loss) =>
    expectSameBits({ loss, sampleCenters: 0.99 }),
  );
});
