import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OptionError, TrainingError } from "../../base/core/index.ts";
import { openEmbedder } from "../../faces/embedder/index.ts";
import { syntheticFaces } from "../synthetic/index.ts";
import { geometryRow } from "./geometry-row.ts";
import { readCenters } from "./read-centers.ts";
import { runGeometry } from "./run-geometry.ts";
import { train } from "./train.ts";
import type { TrainingResult } from "./training-run.ts";

let root: string;
let result: TrainingResult;
const people = { imagesPerIdentity: 4, seed: 3, width: 16, height: 16 };
const dataset = syntheticFaces({ ...people, identityCount: 5 });

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "cosface-geometry-"));
  result = await train({
    dataset,
    folder: root,
    options: {
      network: "toy",
      inputSize: [16, 16],
      embeddingSize: 3,
      loss: { name: "cosface", scale: 16 },
      batchSize: 8,
      iterations: 10,
      checkpointEvery: 4,
      seed: 5,
      threads: 1,
      measureLowerings: false,
    },
  });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("geometryRow", () => {
  it("worked by hand: centers at 0°, 90° and 210° of a plane, of any length", () => {
    const weights = Float32Array.from([2, 0, 0, 0.5, -Math.cos(Math.PI / 6), -Math.sin(Math.PI / 6)]);
    const row = geometryRow(7, weights, [3, 2])!;
    expect(row).toMatchObject({ kind: "geometry", iteration: 7, measuredCount: 3 });
    expect(row.smallestDegrees).toBeCloseTo(90, 4);
    expect(row.meanNearestDegrees).toBeCloseTo((90 + 90 + 120) / 3, 4);
  });

  it("measures an even part of many centers, each against all", () => {
    // On the circle every neighbor is 360°/1000 away, whichever centers are measured.
    const angles = Array.from({ length: 1000 }, (_, i) => (i * 2 * Math.PI) / 1000);
    const weights = Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]));
    const row = geometryRow(1, weights, [1000, 2])!;
    expect(row.measuredCount).toBe(256);
    expect(row.meanNearestDegrees).toBeCloseTo(0.36, 2);
  });

  it("is undefined in one dimension", () => {
    expect(geometryRow(1, Float32Array.from([1, -1]), [2, 1])).toBeUndefined();
  });
});

describe("a run", () => {
  it("logs how its centers lie at each checkpoint and at the end", async () => {
    const rows = result.rows.flatMap((row) => (row.kind === "geometry" ? [row] : []));
    expect(rows.map(({ iteration }) => iteration)).toEqual([4, 8, 10]);
    const { weights, identities, dimension, iteration } = await readCenters(root);
    expect([identities, dimension, iteration]).toEqual([5, 3, 10]);
    expect(rows.at(-1)).toEqual(geometryRow(10, weights, [5, 3]));
  });
});

describe("runGeometry", () => {
  it("measures the exported network's embeddings around the checkpoint's centers", async () => {
    const { centers, samples, iteration } = await runGeometry(root, dataset, { closestPairCount: 2 });
    expect([iteration, centers.identities, centers.closestPairs.length]).toEqual([10, 5, 2]);
    const last = result.rows.findLast((row) => row.kind === "geometry")!;
    expect(centers.meanNearestDegrees).toBeCloseTo(last.meanNearestDegrees, 9);
    const embedder = await openEmbedder(result.model!);
    const { data } = await embedder.embed([(await dataset.read(6)).image]);
    await embedder.close();
    const { weights } = await readCenters(root);
    const own = weights.subarray(3, 6);
    const dot = data.reduce((sum, value, i) => sum + value * own[i]!, 0);
    const cosine = dot / (Math.hypot(...data) * Math.hypot(...own));
    expect(samples!.ownDegrees[6]).toBeCloseTo((Math.acos(cosine) * 180) / Math.PI, 2);
  });

  it("takes an even part of the images, or none", async () => {
    const { samples } = await runGeometry(root, dataset, { sampleCount: 5 });
    expect(samples!.perIdentity.map(({ sampleCount }) => sampleCount)).toEqual([1, 1, 1, 1, 1]);
    expect((await runGeometry(root, dataset, { sampleCount: 0 })).samples).toBeUndefined();
  });

  it("takes an even part of the centers, with images of theirs, and names them by their labels", async () => {
    const { centers, samples, identityCount } = await runGeometry(root, dataset, { centerCount: 2, sampleCount: 8 });
    expect([identityCount, centers.identities]).toEqual([5, 2]);
    expect(centers.closestPairs).toMatchObject([{ first: 0, second: 2 }]);
    expect([...centers.nearestIdentity]).toEqual([2, 0]);
    expect(samples!.perIdentity.map(({ label, sampleCount }) => [label, sampleCount])).toEqual([
      [0, 4],
      [2, 4],
    ]);
    const { weights } = await readCenters(root);
    const [a, b] = [weights.subarray(0, 3), weights.subarray(6, 9)];
    const cosine = a.reduce((sum, value, i) => sum + value * b[i]!, 0) / (Math.hypot(...a) * Math.hypot(...b));
    expect(centers.minimumAngleDegrees).toBeCloseTo((Math.acos(cosine) * 180) / Math.PI, 3);
  });

  it("refuses other data than the run's, and a folder without a run", async () => {
    const others = syntheticFaces({ ...people, identityCount: 6 });
    await expect(runGeometry(root, others)).rejects.toThrow(OptionError);
    await expect(runGeometry(root, others)).rejects.toThrow("got data of 6 identities, expected the 5");
    await expect(runGeometry(join(root, "nothing"), dataset)).rejects.toThrow(TrainingError);
  });
});
