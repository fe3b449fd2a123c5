/**
 * Files of version 0.1.0 (commit 44b52ad) with drawn people: a model, its calibration, and a folder of people with the
 * embeddings that were kept in it. They open, and answer as that version answered (`expected.json`).
 */
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Embedder, openEmbedder } from "../embedder/index.ts";
import { alignedCrops, facePipeline } from "../face/index.ts";
import { identify, openPeople, type PersonMatch, readCalibration, thresholdFor, verify } from "./index.ts";

const FIXTURES = join(import.meta.dirname, "..", "..", "..", "test", "fixtures", "faces");

type Expected = {
  readonly id: string;
  readonly contract: Embedder["contract"];
  readonly identified: { readonly name: string; readonly matches: readonly PersonMatch[] };
  readonly verified: { readonly score: number; readonly threshold: number };
  readonly thresholds: readonly [number, number];
};

let folder: string;
let expected: Expected;
let embedder: Embedder;
let embeddedCount = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-before-"));
  await cp(FIXTURES, folder, { recursive: true });
  expected = JSON.parse(await readFile(join(folder, "expected.json"), "utf8")) as Expected;
  const opened = await openEmbedder(join(folder, "model.onnx"), {}, { threads: 1 });
  embedder = {
    ...opened,
    embed: (images) => {
      embeddedCount += images.length;
      return opened.embed(images);
    },
  };
});
afterAll(async () => {
  await embedder.close();
  await rm(folder, { recursive: true });
});

it("a model has the same id and contract", () => {
  expect(embedder.id).toBe(expected.id);
  expect(embedder.contract).toEqual(expected.contract);
});

it("a calibration gives the same thresholds", async () => {
  const calibration = await readCalibration(embedder.source, embedder.id);
  expect([1e-2, 1e-3].map((far) => thresholdFor(calibration, far).threshold)).toEqual(expected.thresholds);
});

it("a folder of people is searched by the embeddings that are kept in it", async () => {
  const faces = facePipeline(alignedCrops(), embedder);
  embeddedCount = 0;
  const people = await openPeople(join(folder, "people"), faces);
  expect(embeddedCount).toBe(0);
  const [found] = await identify(join(folder, "probe.png"), people, { faces, threshold: -1, limit: 3 });
  expect(found!.name).toBe(expected.identified.name);
  for (const [rank, { name, score, template }] of found!.matches.entries()) {
    const before = expected.identified.matches[rank]!;
    expect([name, template]).toEqual([before.name, before.template]);
    expect(score).toBeCloseTo(before.score, 5);
  }
});

it("two photographs have the same score and the same answer", async () => {
  const faces = facePipeline(alignedCrops(), embedder);
  const photographs = [join(folder, "people", "person 1", "0.png"), join(folder, "probe.png")] as const;
  const found = await verify(...photographs, { faces, far: 1e-2 });
  expect(found).toMatchObject({ ...expected.verified, score: expect.closeTo(expected.verified.score, 5) });
  // That version knew one source, and wrote no name of it in an answer.
  const source = { name: "synthetic people", identityCount: 40, imageCount: 120, pairCount: (120 * 119) / 2 };
  expect(found.sources).toEqual([source]);
});
