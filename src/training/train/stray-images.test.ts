import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cosine } from "../../../test/loss-definition.ts";
import { OptionError } from "../../base/core/index.ts";
import { dominantCenters } from "../losses/index.ts";
import { syntheticFaces } from "../synthetic/index.ts";
import { loadCheckpoint } from "./checkpoint.ts";
import { embedSamples, openRunNetwork } from "./embed-samples.ts";
import { readCenters } from "./read-centers.ts";
import { runGeometry } from "./run-geometry.ts";
import { strayImages } from "./stray-images.ts";
import { train } from "./train.ts";

const people = { imagesPerIdentity: 6, seed: 3, width: 16, height: 16 };
const dataset = syntheticFaces({ ...people, identityCount: 4 });
const EACH = 3;

let root: string;
let embeddings: number[][];
let centers: number[][];
let shares: Float32Array;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "cosface-strays-"));
  await train({
    dataset,
    folder: root,
    options: {
      network: "toy",
      inputSize: [16, 16],
      embeddingSize: 3,
      loss: { name: "cosface", scale: 16, subcenters: EACH },
      batchSize: 8,
      iterations: 6,
      seed: 5,
      threads: 1,
      measureLowerings: false,
    },
  });
  const { state } = (await loadCheckpoint(root))!;
  const rowsOf = (data: Float32Array) =>
    Array.from({ length: data.length / 3 }, (_, i) => [...data.subarray(3 * i, 3 * i + 3)]);
  centers = rowsOf(state.centers!.data as Float32Array);
  shares = state.centerShares!.data as Float32Array;
  const run = await openRunNetwork(root, state);
  for await (const part of embedSamples(run, dataset, [...dataset.labels.keys()], () => {})) {
    embeddings = rowsOf(part.embeddings);
  }
  await run.embedder.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const degreesTo = (x: readonly number[], center: number) => (Math.acos(cosine(x, centers[center]!)) * 180) / Math.PI;

describe("a run with several centers an identity", () => {
  it("keeps the dominant one for readers and geometry", async () => {
    expect(shares).toHaveLength(4 * EACH);
    expect(shares.some((share) => share !== Math.fround(1 / EACH))).toBe(true);
    const { identities, dimension, weights } = await readCenters(root);
    expect([identities, dimension, weights.length]).toEqual([4, 3, 12]);
    const kept = [...dominantCenters(shares, EACH)].flatMap((index, label) => centers[label * EACH + index]!);
    expect([...weights]).toEqual(kept);
    const { centers: geometry } = await runGeometry(root, dataset, { sampleCount: 0 });
    expect(geometry.identities).toBe(4);
  });

  it("lists the images that are far from the center with most images, the farthest first", async () => {
    const { strays, dominant, imageCount } = await strayImages(root, dataset, { degrees: 40 });
    expect(imageCount).toBe(24);
    for (const label of [0, 1, 2, 3]) {
      const own = [...dataset.labels.keys()].filter((index) => dataset.labels[index] === label);
      const votes = [0, 0, 0];
      for (const index of own) {
        const angles = [0, 1, 2].map((k) => degreesTo(embeddings[index]!, label * EACH + k));
        votes[angles.indexOf(Math.min(...angles))]!++;
      }
      expect(dominant[label]).toBe(votes.indexOf(Math.max(...votes)));
      const far = own.filter((index) => degreesTo(embeddings[index]!, label * EACH + dominant[label]!) > 40);
      expect(
        strays
          .filter((stray) => stray.label === label)
          .map(({ index }) => index)
          .sort(),
      ).toEqual(far.sort());
    }
    const angles = strays.map(({ degrees }) => degrees);
    expect(angles).toEqual([...angles].sort((a, b) => b - a));
    for (const { index, label, source, degrees } of strays) {
      expect(source).toBe(dataset.source(index));
      expect(degrees).toBeCloseTo(degreesTo(embeddings[index]!, label * EACH + dominant[label]!), 2);
    }
    expect((await strayImages(root, dataset, { degrees: 180 })).strays).toEqual([]);
    expect((await strayImages(root, dataset, { degrees: 0 })).strays.length).toBeGreaterThan(20);
  });

  it("refuses data of other people", async () => {
    const others = syntheticFaces({ ...people, identityCount: 5 });
    await expect(strayImages(root, others)).rejects.toThrow(OptionError);
    await expect(strayImages(root, dataset, { degrees: 200 })).rejects.toThrow(/strays: degrees/);
  });
});
