import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeImage, type RgbImage } from "../../../base/image/index.ts";
import { renderFace, renderScene, syntheticIdentity } from "../../../training/synthetic/index.ts";

const COMMAND = join(import.meta.dirname, "..", "..", "..", "..", "bin", "cosface.js");
const scene = renderScene({ seed: 2, width: 320, height: 240, minimumFaceHeight: 90, difficulty: 0.2 }).image;
const crops = [0, 1, 2, 3, 4].map((i) => renderFace(syntheticIdentity(5, i), { seed: i, difficulty: 0.2 }).image);

let folder: string;
let [face, empty, text] = ["", "", ""];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-embed-"));
  [face, empty, text] = ["face.png", "empty.png", "text.png"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(face, await png(scene));
  await writeFile(empty, await png({ width: 64, height: 64, data: new Uint8Array(3 * 64 * 64) }));
  await writeFile(text, "not an image");
  for (const [name, change] of [
    ["crops", (crop: RgbImage) => crop],
    ["bgr", swapped],
  ] as const) {
    await mkdir(join(folder, name));
    for (const [i, crop] of crops.entries()) await writeFile(join(folder, name, `${i}.png`), await png(change(crop)));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const png = (image: RgbImage) => encodeImage(image, { format: "png" });

/** Red and blue exchanged. */
function swapped({ width, height, data }: RgbImage): RgbImage {
  return { width, height, data: data.map((_, i) => data[i + [2, 0, -2][i % 3]!]!) };
}

/** Runs `cosface embed` in a process, with bytes on its standard input. */
async function embed(words: readonly string[], stdin: Uint8Array | string = "") {
  const child = spawn(process.execPath, [COMMAND, "embed", "--threads", "1", ...words]);
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (part: string) => {
      output[name] += part;
    });
  }
  child.stdin.end(stdin);
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  return { code, ...output };
}

type Line = { image: string; box?: object; score?: number; embedding: number[]; norm: number; model: string };
const lines = (stdout: string) =>
  stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);

describe("cosface embed", () => {
  it("prints a line for each face, and continues after images without a face and files that are not images", async () => {
    const { code, stdout, stderr } = await embed([empty, face, text, "--json"]);
    expect(code).toBe(2);
    expect(lines(stderr)).toEqual([
      { note: `${empty}: no face`, file: empty },
      { error: { code: "COSFACE_IMAGE", message: expect.stringContaining(`${text}: `), file: text } },
    ]);
    const [line, ...others] = lines(stdout);
    expect(others).toEqual([]);
    expect(Object.keys(line!)).toEqual(["image", "box", "score", "landmarks", "embedding", "norm", "model"]);
    expect(line).toMatchObject({ image: face, model: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(line!.embedding.length).toBe(128);
    expect(Math.hypot(...line!.embedding)).toBeCloseTo(1, 5);
    expect(line!.norm).toBeGreaterThan(0);
  });

  it("takes an image from standard input", async () => {
    const { code, stdout, stderr } = await embed(["-"], await png(scene));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^-: face of \d+×\d+ at \d+,\d+, score 0\.\d{3}: 128 numbers, norm \d+\.\d{3} \(--json prints them\)\n$/,
    );
  });

  it("embeds aligned crops as they are, and warns when their red and blue are exchanged", async () => {
    const right = await embed([join(folder, "crops"), "--aligned", "--json"]);
    expect({ code: right.code, stderr: right.stderr }).toEqual({ code: 0, stderr: "" });
    expect(lines(right.stdout).map(({ box, embedding }) => [box, embedding.length])).toEqual(
      crops.map(() => [undefined, 128]),
    );
    const wrong = await embed([join(folder, "bgr"), "--aligned"]);
    expect({ code: wrong.code, stderr: wrong.stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^warning: .*red and blue are probably exchanged.* \(5 faces looked at\)\n$/),
    });
  });
});
