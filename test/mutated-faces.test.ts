/**
 * Damaged files beside models and photographs: kept embeddings of a folder of people never change who is recognized,
 * and calibrations give what they say or a typed error that names the file. `COSFACE_MUTATIONS=10000` tries that many.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { encodeImage } from "../src/base/image/index.ts";
import type { Embedder } from "../src/faces/embedder/index.ts";
import { alignedCrops, type FacePipeline, facePipeline } from "../src/faces/face/index.ts";
import { type Calibration, embedFolder, type FolderFaces, parseCalibration } from "../src/faces/people/index.ts";
import { type GoodFile, jsonMutations, mutatedFiles } from "./mutations.ts";
import { mutationCount, mutationTimeout } from "./support/mutation-count.ts";
import { tryMutations } from "./support/try-mutations.ts";

const COUNT = mutationCount(200);
/** Folders of people, which take longer: each file is written to the disk and its photographs may be embedded again. */
const FOLDER_COUNT = mutationCount(15);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-mutated-"));
});
afterAll(() => rm(folder, { recursive: true }));

const textFile = (format: string, text: string): GoodFile => ({ format, bytes: new TextEncoder().encode(text) });

/** Embeds an image of 8 × 8 pixels as its first three levels. */
function levels(): FacePipeline {
  const embedder = {
    id: "0123456789abcdef",
    license: "none",
    source: "levels",
    contract: {
      inputSize: [8, 8],
      embeddingSize: 3,
      channels: "rgb",
      mean: 0,
      std: 1,
      flip: "none",
      template: "arcface",
    },
    embed: async (images) => ({
      count: images.length,
      size: 3,
      data: Float32Array.from(images.flatMap(({ data }) => [...data.subarray(0, 3)])),
    }),
    close: async () => {},
  } satisfies Embedder;
  return facePipeline(alignedCrops(), embedder);
}

it(`${FOLDER_COUNT} mutated files of kept embeddings never change an embedding`, {
  timeout: mutationTimeout(FOLDER_COUNT),
}, async () => {
  const people = join(folder, "people");
  for (const [i, name] of ["Ann", "Ben"].entries()) {
    await mkdir(join(people, name), { recursive: true });
    const data = Uint8Array.from({ length: 192 }, (_, at) => [200, 100 * i, 50][at % 3] ?? 0);
    await writeFile(join(people, name, "1.png"), await encodeImage({ width: 8, height: 8, data }, { format: "png" }));
  }
  const faces = levels();
  const truth = await embedFolder(people, faces, { cache: false });
  await embedFolder(people, faces);
  const kept = join(people, `.cosface-${faces.embedder.id}.json`);
  const other = join(people, ".cosface-fedcba9876543210.json");
  const now = await readFile(kept, "utf8");
  const { sha256, ...before } = JSON.parse(now) as Record<string, unknown>;
  const same = ({ embeddings, identities, names, files, digests, skipped }: FolderFaces) => ({
    ...{ embeddings, identities, names, files, digests, skipped },
  });
  await tryMutations({
    count: COUNT,
    file: mutatedFiles("kept", 1, [textFile("with a digest", now), textFile("without one", JSON.stringify(before))], {
      mutations: jsonMutations,
    }),
    named: /^$/, // No error at all: embedding again is always possible.
    async read({ bytes, format }) {
      await writeFile(kept, bytes, { mode: 0o644 });
      await writeFile(other, bytes, { mode: 0o644 });
      const found = await embedFolder(people, faces);
      // A file of an earlier version has no digest: what it may not do is hold anything but unit vectors.
      if (format === "with a digest") expect(same(found)).toEqual(same(truth));
      for (const embedding of [0, 1].map((row) => found.embeddings.data.subarray(3 * row, 3 * row + 3))) {
        expect(Math.hypot(...embedding)).toBeCloseTo(1, 3);
      }
      const held = new Set(truth.digests.map((digest) => Buffer.from(digest, "hex").toString("base64url")));
      for (const name of (await readdir(people)).filter((entry) => entry.startsWith("."))) {
        const file = join(people, name);
        expect((await stat(file)).mode & 0o777).toBe(0o600);
        for (const key of Object.keys(JSON.parse(await readFile(file, "utf8")).faces)) expect(held).toContain(key);
      }
    },
  });
});

it(`${COUNT} mutated calibrations give the thresholds that they state or a typed error`, {
  timeout: mutationTimeout(COUNT),
}, async () => {
  const model = join(import.meta.dirname, "fixtures", "faces", "model.onnx.calibration.json");
  const counts = await tryMutations({
    count: COUNT,
    file: mutatedFiles("calibration", 1, [textFile("calibration", await readFile(model, "utf8"))], {
      mutations: jsonMutations,
    }),
    named: /^faces\/m\.calibration\.json: got a damaged calibration/,
    read({ bytes }) {
      const text = new TextDecoder().decode(bytes);
      const { thresholds, ...rest } = parseCalibration("faces/m.calibration.json", text);
      const stated = JSON.parse(text) as Calibration;
      expect({ ...rest, thresholds: [] }).toEqual({ ...stated, thresholds: [] });
      expect(new Set(thresholds.map(({ far }) => far)).size).toBe(thresholds.length);
      for (const [i, entry] of thresholds.entries()) {
        const { far, threshold } = stated.thresholds[i] ?? {};
        expect([entry.far, entry.threshold]).toEqual([far, threshold]);
        expect(entry.far > 0 && entry.far <= 1).toBe(true);
        if (entry.threshold === null) continue;
        expect(Math.abs(entry.threshold)).toBeLessThanOrEqual(1 + 1e-6);
        expect(entry.threshold).toBeGreaterThanOrEqual(entry.thresholdInterval.low - 0.01);
        expect(entry.threshold).toBeLessThanOrEqual(entry.thresholdInterval.high + 0.01);
        expect([entry.tar, entry.confidence].every((share) => share >= 0 && share <= 1)).toBe(true);
      }
    },
  });
  expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(COUNT / 20);
});
