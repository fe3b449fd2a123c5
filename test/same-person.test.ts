/**
 * The same question to the library, the command line and the service, over a folder of photographs and over a gallery:
 * the same person with the same score.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { encodeImage } from "../src/base/image/index.ts";
import { createProgram } from "../src/cli/program.ts";
import { type FacePipeline, openFaces } from "../src/faces/face/index.ts";
import { enroll, identify, openPeople, verify } from "../src/faces/people/index.ts";
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

describe.skipIf(!existsSync(LFW))("people of LFW, with the networks that npm installs", () => {
  const PEOPLE = 12;
  let folder: string;
  let faces: FacePipeline;
  let gallery: Gallery;
  /** A photograph of each person that is not in the folder. */
  const probes: { readonly name: string; readonly path: string }[] = [];
  /** The library's answer to each probe, over the folder: a ranking for each face. */
  const expected: Ranking[][] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cosface-same-lfw-"));
    for (const name of (await readdir(LFW)).sort()) {
      const [probe, ...known] = (await readdir(join(LFW, name))).sort();
      if (probe === undefined || known.length < 2) continue;
      await mkdir(join(folder, name));
      for (const file of known.slice(0, 2)) await copyFile(join(LFW, name, file), join(folder, name, file));
      if (probes.push({ name, path: join(LFW, name, probe) }) === PEOPLE) break;
    }
    faces = await openFaces();
    gallery = await openGallery();
  }, 300_000);
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });
  afterAll(async () => {
    await gallery.close();
    await faces.close();
    await rm(folder, { recursive: true });
  });

  it("are the same to the library, over the folder and over the gallery", { timeout: 300_000 }, async () => {
    expect(probes).toHaveLength(PEOPLE);
    const size = faces.embedder.contract.embeddingSize;
    const { people } = await gallery.createCollection({ name: "lfw", model: faces.embedder.id, size });
    await enroll(folder, people, { faces, face: "largest" });
    const known = await openPeople(folder, faces);
    let rightCount = 0;
    for (const { name, path } of probes) {
      const options = { faces, limit: PEOPLE, threshold: -1 };
      const found = await identify(path, known, options);
      const stored = await identify(path, people, options);
      expect(stored).toHaveLength(found.length);
      for (const [i, face] of found.entries()) expectSame(stored[i]!.matches, face.matches);
      expected.push(found.map(({ matches }) => matches));
      if (found.some((face) => face.name === name)) rightCount++;
    }
    expect(rightCount).toBeGreaterThanOrEqual(PEOPLE - 1);
  });

  /** Runs a command in this process, and returns what it printed. */
  async function command(...words: readonly string[]): Promise<string> {
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    await (await createProgram(words[0])).parseAsync([...words], { from: "user" });
    return write.mock.calls.map(([text]) => text).join("");
  }

  it("are the same to cosface identify", { timeout: 300_000 }, async () => {
    const options = ["--gallery", folder, "--threshold", "-1", "--limit", String(PEOPLE), "--json"];
    const printed = await command("identify", ...probes.map(({ path }) => path), ...options);
    const lines = printed.trim().split("\n");
    const rankings = expected.flat();
    expect(lines).toHaveLength(rankings.length);
    for (const [i, line] of lines.entries())
      expectSame((JSON.parse(line) as { matches: Ranking }).matches, rankings[i]!);
    expect(process.exitCode).toBe(0);
  });

  describe("to the service", () => {
    let served: Awaited<ReturnType<typeof openFaceThread>>;
    let app: Awaited<ReturnType<typeof buildServer>>;
    let key: string;
    beforeAll(async () => {
      served = await openFaceThread({});
      app = await buildServer({ faces: served, gallery });
      ({ key } = await gallery.keys.create({ name: "test", scopes: ["read"] }));
    }, 300_000);
    afterAll(async () => {
      await app.close();
      await served.close();
    });

    async function post(url: string, payload: Buffer | object, type: string): Promise<unknown> {
      const headers = { "x-api-key": key, "content-type": type };
      return (await app.inject({ method: "POST", url, headers, payload })).json();
    }

    it("they are the same", { timeout: 300_000 }, async () => {
      for (const [i, { path }] of probes.entries()) {
        const url = `/v1/collections/lfw/identify?threshold=-1&limit=${PEOPLE}`;
        const answer = await post(url, await readFile(path), "image/jpeg");
        const { faces: found } = answer as { faces: { matches: { subject: string; score: number }[] }[] };
        expect(found).toHaveLength(expected[i]!.length);
        for (const [j, { matches }] of found.entries()) {
          expectSame(
            matches.map(({ subject: name, score }) => ({ name, score })),
            expected[i]![j]!,
          );
        }
      }
    });

    it("two photographs have the same score, threshold and answer everywhere", { timeout: 300_000 }, async () => {
      const threshold = 0.9;
      // Photographs of one face, which need no rule for several.
      const single = probes.filter((_, i) => expected[i]!.length === 1);
      const others = single.map(({ path }, i) => [path, single[(i + 1) % single.length]!.path] as const);
      const known = await Promise.all(
        single.map(
          async ({ name, path }) => [path, join(folder, name, (await readdir(join(folder, name))).sort()[0]!)] as const,
        ),
      );
      const same: boolean[] = [];
      for (const paths of [known[0]!, others[0]!]) {
        const answer = await verify(...paths, { faces, threshold });
        const options = ["--threshold", String(threshold), "--json"];
        const printed = JSON.parse(await command("verify", ...paths, ...options)) as typeof answer;
        expect(printed).toMatchObject({ same: answer.same, threshold, score: expect.closeTo(answer.score, DIGITS) });
        expect(process.exitCode).toBe(answer.same ? 0 : 1);
        vi.restoreAllMocks();
        const [left, right] = await Promise.all(paths.map((one) => readFile(one, "base64")));
        const url = `/v1/verify?threshold=${threshold}`;
        const answered = await post(url, { first: left, second: right }, "application/json");
        expect(answered).toMatchObject({ same: answer.same, threshold, score: expect.closeTo(answer.score, DIGITS) });
        same.push(answer.same);
      }
      expect(same).toEqual([true, false]);
    });
  });
});
