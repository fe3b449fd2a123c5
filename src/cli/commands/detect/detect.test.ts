import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { decodeImage, encodeImage } from "../../../base/image/index.ts";
import { renderScene } from "../../../training/synthetic/index.ts";
import { createProgram } from "../../program.ts";

const scene = renderScene({ seed: 2, width: 320, height: 240, minimumFaceHeight: 90, difficulty: 0.2 });
const blank = { width: 64, height: 64, data: new Uint8Array(3 * 64 * 64) };

let folder: string;
let [face, empty] = ["", ""];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-detect-"));
  [face, empty] = [join(folder, "face.png"), join(folder, "empty.png")];
  await writeFile(face, await encodeImage(scene.image, { format: "png" }));
  await writeFile(empty, await encodeImage(blank, { format: "png" }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** Standard output of `cosface detect WORDS`, and its exit code. */
async function detect(...words: readonly string[]): Promise<{ text: string; exitCode: unknown }> {
  let text = "";
  vi.spyOn(process.stdout, "write").mockImplementation((part) => {
    text += part;
    return true;
  });
  await (await createProgram("detect")).parseAsync(["detect", ...words], { from: "user" });
  return { text, exitCode: process.exitCode };
}

describe("cosface detect", () => {
  it("prints { faces } for one image, with box, score and five points", async () => {
    const { text, exitCode } = await detect(face, "--json");
    const { faces } = JSON.parse(text) as { faces: { box: object; score: number; landmarks: number[][] }[] };
    expect(faces.length).toBe(1);
    expect(Object.keys(faces[0]!)).toEqual(["box", "score", "landmarks"]);
    expect(Object.keys(faces[0]!.box)).toEqual(["x", "y", "width", "height"]);
    expect(faces[0]!.landmarks.map((point) => point.length)).toEqual([2, 2, 2, 2, 2]);
    expect(exitCode).toBe(0);
  });

  it("prints a line for each of several images, and ends with 1 if one has no face", async () => {
    const { text, exitCode } = await detect(face, empty, "--json");
    const lines = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { image: string; faces: object[] });
    expect(lines.map(({ image, faces }) => [image, faces.length])).toEqual([
      [face, 1],
      [empty, 0],
    ]);
    expect(exitCode).toBe(1);
  });

  it("draws the faces that it finds", async () => {
    const out = join(folder, "drawn", "face.jpg");
    await detect(face, "--draw", out);
    const drawn = await decodeImage(await readFile(out));
    expect([drawn.width, drawn.height]).toEqual([320, 240]);
    expect(drawn.data).not.toEqual(scene.image.data);
  });

  it("leaves out faces below the minimum score", async () => {
    expect((await detect(face, "--minimum-score", "1")).text).toBe(`${face}: no face\n`);
  });
});
