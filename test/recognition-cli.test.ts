/** The commands that compare faces, as a user runs them: aligned crops of synthetic people, and pooled pixels. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeImage } from "../src/base/image/index.ts";
import { renderFace, syntheticIdentity } from "../src/training/synthetic/index.ts";
import { PIXEL_CONTRACT, writePixelEmbedder } from "./support/networks.ts";
import { runCli } from "./support/run-cli.ts";

const COMMAND = join(import.meta.dirname, "..", "bin", "cosface.js");
const PEOPLE = 12;
const IMAGES = 3;

let folder: string;
let people: string;
let flags: readonly string[];
const photograph = (person: number, image: number) => join(people, `person ${person}`, `${image}.png`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-recognition-"));
  people = join(folder, "people");
  for (let person = 0; person < PEOPLE; person++) {
    await mkdir(join(people, `person ${person}`), { recursive: true });
    for (let image = 0; image < IMAGES; image++) {
      const face = renderFace(syntheticIdentity(3, person), { seed: 10 * person + image, difficulty: 0.05 }).image;
      await writeFile(photograph(person, image), await encodeImage(face, { format: "png" }));
    }
  }
  const model = join(folder, "pixels.onnx");
  await writePixelEmbedder(model);
  const contract = Object.entries(PIXEL_CONTRACT).flatMap(([name, value]) => [`--${name}`, String(value)]);
  flags = ["--model", model, "--aligned", ...contract, "--threads", "1"];
  // Everything else needs it.
  const { code, stdout, stderr } = await run(
    "calibrate",
    people,
    ...flags,
    "--far",
    "0.1,1e-3",
    "--no-cache",
    "--json",
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({
    file: `${model}.calibration.json`,
    identityCount: PEOPLE,
    imageCount: PEOPLE * IMAGES,
    detector: null,
    thresholds: [
      { far: 0.1, threshold: expect.any(Number) },
      { far: 1e-3, threshold: null, reason: expect.any(String) },
    ],
  });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (...words: readonly string[]) => runCli(words);

describe("cosface verify", () => {
  it("exits with 0 for the same person, and prints what the answer rests on", async () => {
    const { code, stdout } = await run(
      "verify",
      photograph(0, 0),
      photograph(0, 1),
      ...flags,
      "--far",
      "0.1",
      "--json",
    );
    const answer = JSON.parse(stdout) as { score: number; threshold: number };
    expect(Object.keys(answer)).toEqual(["score", "threshold", "far", "farInterval", "sources", "same", "model"]);
    expect(answer).toMatchObject({
      farInterval: { low: expect.any(Number), high: expect.any(Number) },
      sources: [{ name: "your own photographs", identityCount: 12, pairCount: expect.any(Number) }],
    });
    expect(answer).toMatchObject({ far: 0.1, same: true, model: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(answer.score).toBeGreaterThanOrEqual(answer.threshold);
    expect(code).toBe(0);
  });

  it("exits with 1 for different people, and names the FAR", async () => {
    const { code, stdout } = await run("verify", photograph(0, 0), photograph(5, 0), ...flags, "--far", "0.1");
    const [answer, threshold, end] = stdout.split("\n");
    expect(answer).toMatch(/^different people: rejected at FAR 1e-1 \(score -?\d\.\d{3}, threshold \d\.\d{3}\)$/);
    expect(threshold).toMatch(
      /^threshold \d\.\d{3} was measured on your own photographs \(12 people\); the true FAR is /,
    );
    expect(end).toBe("");
    expect(code).toBe(1);
  });

  it.each([
    [
      "a rate that was refused",
      () => [photograph(0, 0), photograph(0, 1), ...flags, "--far", "1e-3"],
      /no threshold for FAR 0.001/,
    ],
    ["a file that is not an image", () => [photograph(0, 0), COMMAND, ...flags, "--far", "0.1"], /expected JPEG, PNG/],
    ["an error of use", () => [photograph(0, 0)], /missing required argument 'b'/],
  ])("exits with 2 for %s", async (_what, words, message) => {
    const { code, stdout, stderr } = await run("verify", ...words());
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});

describe("cosface identify", () => {
  it("names the person, or says unknown, and keeps the gallery's embeddings in its folder", async () => {
    const gallery = join(folder, "gallery");
    for (const person of [0, 1, 2]) {
      await mkdir(join(gallery, `person ${person}`), { recursive: true });
      for (const image of [0, 1]) {
        const { image: face } = renderFace(syntheticIdentity(3, person), {
          seed: 10 * person + image,
          difficulty: 0.05,
        });
        await writeFile(join(gallery, `person ${person}`, `${image}.png`), await encodeImage(face, { format: "png" }));
      }
    }
    const words = [
      "identify",
      photograph(1, 2),
      photograph(7, 0),
      "--gallery",
      gallery,
      ...flags,
      "--far",
      "0.1",
      "--json",
    ];
    const first = await run(...words);
    expect(JSON.parse(first.stderr)).toEqual({
      note: expect.stringMatching(
        /^of 6 known faces searched among the other people at \d\.\d{3}, \d got a wrong name; by FAR/,
      ),
    });
    const [known, unknown] = first.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(known).toMatchObject({ name: "person 1", far: 0.1, image: photograph(1, 2) });
    expect(known.matches[0]).toEqual({ name: "person 1", score: known.nearestScore, template: expect.anything() });
    expect(unknown).toMatchObject({ name: null, matches: [] });
    expect(unknown.nearestScore).toBeLessThan(unknown.threshold);
    expect((await readdir(gallery)).filter((name) => name.startsWith("."))).toEqual([`.cosface-${known.model}.json`]);
    expect((await run(...words)).stdout).toBe(first.stdout);
  });
});

describe("cosface cluster", () => {
  it("copies each person's photographs into a folder", async () => {
    const out = join(folder, "sorted");
    const images = [2, 4, 6].flatMap((person) => [0, 1, 2].map((image) => photograph(person, image)));
    const { code, stdout } = await run("cluster", ...images, ...flags, "--far", "0.1", "--out", out, "--json");
    expect(code).toBe(0);
    const { clusters, unassigned } = JSON.parse(stdout) as { clusters: { image: string }[][]; unassigned: unknown[] };
    expect(clusters.flat().length + unassigned.length).toBe(9);
    expect(clusters.length).toBeGreaterThan(0);
    const folders = (await readdir(out)).sort();
    expect(folders).toEqual(clusters.map((_, i) => `person-00${i + 1}`));
    expect(await readdir(join(out, "person-001"))).toHaveLength(clusters[0]!.length);
  });
});
