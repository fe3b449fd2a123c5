/**
 * Runs that an earlier version made and stopped after 8 of 12 steps, in test/fixtures/runs: with an angular margin
 * under its former name, with class means, with sampled centers, and with class centers that the loss no longer keeps.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { tinyNetwork } from "../../../test/support/tiny-network.ts";
import { openEmbedder } from "../../faces/embedder/index.ts";
import type { LossOptions } from "../losses/index.ts";
import { syntheticFaces } from "../synthetic/index.ts";
import type { TrainingOptions } from "./options.ts";
import { readCenters } from "./read-centers.ts";
import { train } from "./train.ts";

const fixtures = join(import.meta.dirname, "../../../test/fixtures/runs");
const root = mkdtempSync(join(tmpdir(), "cosface-former-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const dataset = syntheticFaces({ identityCount: 6, imagesPerIdentity: 5, seed: 3, width: 16, height: 16 });
const options: TrainingOptions = {
  network: tinyNetwork,
  inputSize: [16, 16],
  embeddingSize: 4,
  batchSize: 8,
  iterations: 12,
  learningRate: 0.05,
  milestones: [0.5],
  warmUp: 2,
  seed: 5,
  threads: 1,
  logEvery: 2,
  checkpointEvery: 4,
  measureLowerings: false,
};

/** Each run's own options, and the losses that the earlier version logged at steps 10 and 12. */
const runs: readonly [string, Partial<TrainingOptions>, readonly number[]][] = [
  ["arcface", { loss: { name: "arcface", marginRadians: 0.3, scale: 16 } }, [9.438372611999512, 7.419632911682129]],
  ["center", { loss: { name: "center", weight: 0.1 } }, [1.3926061391830444, 1.3828439712524414]],
  [
    "sampled",
    { loss: { name: "cosface", scale: 8 }, sampleCenters: 0.8, batchSize: 4 },
    [3.3800027325667408, 3.3544840401515255],
  ],
  ["triplet", { loss: { name: "triplet" }, identitiesPerBatch: 4 }, [0.23307812958955765, 0.247627891600132]],
];

describe("a run of an earlier version", () => {
  it.each(runs)("is resumed where it stopped: %s", async (name, own, expected) => {
    const folder = join(root, name);
    cpSync(join(fixtures, name), folder, { recursive: true });
    const { rows, isFinished } = await train({ dataset, options: { ...options, ...own }, folder, resume: true });
    expect(isFinished).toBe(true);
    const losses = rows.flatMap((row) => (row.kind === "train" && row.iteration > 8 ? [row.loss] : []));
    expect(losses).toHaveLength(2);
    // Another processor may round differently.
    for (const [i, loss] of losses.entries()) expect(Math.abs(loss / expected[i]! - 1)).toBeLessThan(1e-3);
    expect(readdirSync(folder)).toContain("checkpoint-00000012.safetensors");
  });

  it("is resumed by a caller who still gives the former name of the margin, and by no other margin", async () => {
    const resume = (loss: unknown, name: string) => {
      const folder = join(root, name);
      cpSync(join(fixtures, "arcface"), folder, { recursive: true });
      return train({ dataset, options: { ...options, loss: loss as LossOptions }, folder, resume: true });
    };
    const former = { name: "arcface", margin: 0.3, scale: 16 };
    expect((await resume(former, "former")).isFinished).toBe(true);
    expect((await resume({ name: "arcface", scale: 16, marginRadians: 0.3 }, "order")).isFinished).toBe(true);
    await expect(resume({ ...former, margin: 0.4 }, "other")).rejects.toThrow(/made with other options or data/);
  });

  it("has class centers that can be read", async () => {
    expect(await readCenters(join(fixtures, "center"))).toMatchObject({ iteration: 8, identities: 6, dimension: 4 });
  });

  it("left a model that embeds as it did", async () => {
    const embedder = await openEmbedder(join(fixtures, "arcface", "model.onnx"));
    expect(embedder.id).toBe("f57ab9431364330c");
    const images = await Promise.all([0, 11].map(async (index) => (await dataset.read(index)).image));
    const { data } = await embedder.embed(images);
    await embedder.close();
    const expected = [5.68673, 4.63891, -1.31034, -1.66957, -4.65302, -27.0313, -23.2447, 32.7859];
    for (const [i, value] of expected.entries())
      expect(Math.abs(data[i]! - value)).toBeLessThan(1e-3 * Math.abs(value));
  });
});
