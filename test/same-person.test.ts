/**
 * The same question to the library, the command line and the service, over a folder of photographs and over a gallery:
 * the same person with the same score.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeImage } from "../src/base/image/index.ts";
import { type FacePipeline, openFaces } from "../src/faces/face/index.ts";
import { enroll, identify, openPeople } from "../src/faces/people/index.ts";
import { type Collection, type Gallery, openGallery } from "../src/service/gallery/index.ts";
import { openFaceThread } from "../src/service/server/face-thread/face-thread.ts";
import { buildServer } from "../src/service/server/index.ts";
import { renderFace, syntheticIdentity } from "../src/training/synthetic/index.ts";
import { writeNetworks } from "./support/networks.ts";

const COMMAND = join(import.meta.dirname, "..", "bin", "cosface.js");
const SHARED = process.env.COSFACE_SHARED ?? join(import.meta.dirname, "..", "..", "shared");
const LFW = join(SHARED, "lfw", "photos");
/** Scores of two programs for the same pair of faces: sums of f32 products in another order. */
const DIGITS = 5;

/** An answer, from wherever: people and scores, best first. */
type Ranking = readonly { readonly name: string; readonly score: number }[];

function expectSame(found: Ranking, expected: Ranking): void {
  expect(found.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
  for (const [rank, { score }] of found.entries()) expect(score).toBeCloseTo(expected[rank]!.score, DIGITS);
}

function run(...words: readonly string[]): Promise<{ readonly code: number | null; readonly stdout: string }> {
  const child = spawn(process.execPath, [COMMAND, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (code) => resolve({ code, stdout }));
  });
}

describe("drawn people", () => {
  const NETWORKS = { model: "", detector: "" };
  let folder: string;
  let people: string;
  let probes: string[];
  let faces: FacePipeline;
  let gallery: Gallery;
  let isClosed = false;
  let collection: Collection;
  /** What the library answers over the folder, for each probe. */
  const expected: Ranking[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cosface-same-"));
    people = join(folder, "people");
    Object.assign(NETWORKS, await writeNetworks(folder));
    const write = async (path: string, person: number, seed: number) => {
      const { image } = renderFace(syntheticIdentity(3, person), { seed, difficulty: 0.4 });
      await writeFile(path, await encodeImage(image, { format: "png" }));
    };
    for (let person = 0; person < 6; person++) {
      await mkdir(join(people, `person ${person}`), { recursive: true });
      // One person has a single photograph, and so no mean.
      for (let i = 0; i < (person === 0 ? 1 : 4); i++) {
        await write(join(people, `person ${person}`, `${i}.png`), person, 10 * person + i);
      }
    }
    probes = [0, 1, 2, 3, 4, 5, 9].map((person) => join(folder, `probe ${person}.png`));
    for (const [i, path] of probes.entries()) await write(path, i === 6 ? 9 : i, 1000 + i);
    faces = await openFaces({ ...NETWORKS, threads: 1 });
    gallery = await openGallery({ location: join(folder, "data", "gallery") });
    collection = await gallery.createCollection({ name: "people", model: faces.embedder.id, size: 768 });
  }, 300_000);
  afterAll(async () => {
    await faces.close();
    if (!isClosed) await gallery.close();
    await rm(folder, { recursive: true });
  });

  it("are the same to the library, over the folder and over the gallery", async () => {
    expect(await enroll(people, collection.people, { faces })).toMatchObject({ enrolledCount: 21, leftOut: [] });
    expect(await enroll(people, collection.people, { faces })).toMatchObject({ enrolledCount: 0, knownCount: 21 });
    const known = await openPeople(people, faces);
    const templates = new Set<number | string>();
    for (const probe of probes) {
      const options = { faces, threshold: -1, limit: 6 };
      const [first] = await identify(probe, known, options);
      const [second] = await identify(probe, collection.people, options);
      expect(first!.matches).toHaveLength(6);
      expectSame(second!.matches, first!.matches);
      expect(second!.name).toBe(first!.name);
      for (const { template } of first!.matches) templates.add(template);
      expected.push(first!.matches);
    }
    // Means and single photographs both decide.
    expect(templates).toContain("mean");
    expect([...templates].some((template) => typeof template === "number")).toBe(true);
  });

  async function expectSameOnCommandLine(...where: readonly string[]): Promise<void> {
    const networks = ["--model", NETWORKS.model, "--detector", NETWORKS.detector, "--threads", "1"];
    const words = ["identify", ...probes, ...where, ...networks, "--threshold", "-1", "--limit", "6", "--json"];
    const { code, stdout } = await run(...words);
    expect(code).toBe(0);
    const lines = stdout.trim().split("\n");
    expect(lines).toHaveLength(probes.length);
    for (const [i, line] of lines.entries()) {
      expectSame((JSON.parse(line) as { matches: Ranking }).matches, expected[i]!);
    }
  }

  it("are the same to the command line, over the folder", async () => {
    await expectSameOnCommandLine("--gallery", people);
  });

  it("are the same to the service", async () => {
    const { key } = await gallery.keys.create({ name: "test", scopes: ["read"] });
    const served = await openFaceThread({ ...NETWORKS, threads: 1 });
    const app = await buildServer({ faces: served, gallery });
    for (const [i, probe] of probes.entries()) {
      const answer = await app.inject({
        method: "POST",
        url: "/v1/collections/people/identify?threshold=-1&limit=6",
        headers: { "x-api-key": key, "content-type": "image/png" },
        payload: await readFile(probe),
      });
      const { faces: found } = answer.json() as { faces: { matches: { subject: string; score: number }[] }[] };
      expect(found).toHaveLength(1);
      expectSame(
        found[0]!.matches.map(({ subject: name, score }) => ({ name, score })),
        expected[i]!,
      );
    }
    await app.close();
    await served.close();
  });

  it("are the same to the command line, over the gallery", async () => {
    await gallery.close();
    isClosed = true;
    await expectSameOnCommandLine("--collection", "people", "--data", join(folder, "data"));
  });
});

describe.skipIf(!existsSync(LFW))("people of LFW", () => {
  it("are the same over a folder and over a gallery, with the networks that npm installs", {
    timeout: 300_000,
  }, async () => {
    const folder = await mkdtemp(join(tmpdir(), "cosface-same-lfw-"));
    const faces = await openFaces();
    const gallery = await openGallery();
    try {
      const probes: { readonly name: string; readonly path: string }[] = [];
      for (const name of (await readdir(LFW)).sort()) {
        const [probe, ...known] = (await readdir(join(LFW, name))).sort();
        if (probe === undefined || known.length < 2) continue;
        await mkdir(join(folder, name));
        for (const file of known.slice(0, 3)) await copyFile(join(LFW, name, file), join(folder, name, file));
        probes.push({ name, path: join(LFW, name, probe) });
        if (probes.length === 12) break;
      }
      expect(probes).toHaveLength(12);
      const size = faces.embedder.contract.embeddingSize;
      const { people } = await gallery.createCollection({ name: "lfw", model: faces.embedder.id, size });
      await enroll(folder, people, { faces, face: "largest" });
      const known = await openPeople(folder, faces);
      let rightCount = 0;
      for (const { name, path } of probes) {
        const found = await identify(path, known, { faces, limit: 12, threshold: -1 });
        const stored = await identify(path, people, { faces, limit: 12, threshold: -1 });
        expect(stored).toHaveLength(found.length);
        for (const [i, face] of found.entries()) expectSame(stored[i]!.matches, face.matches);
        if (found.some((face) => face.name === name)) rightCount++;
      }
      expect(rightCount).toBeGreaterThanOrEqual(11);
    } finally {
      await gallery.close();
      await faces.close();
      await rm(folder, { recursive: true });
    }
  });
});
