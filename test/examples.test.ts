/** The examples, run as a reader would run them, on drawn photographs. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { encodeImage } from "../src/base/image/index.ts";
import { renderScene } from "../src/training/synthetic/index.ts";

const EXAMPLES = join(import.meta.dirname, "..", "examples");

let folder: string;
const photograph = (index: number) => join(folder, `${index}.png`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-examples-"));
  for (const seed of [1, 2]) {
    const { image } = renderScene({ seed, minimumFaceHeight: 120, difficulty: 0 });
    const bytes = await encodeImage(image, { format: "png" });
    await writeFile(photograph(seed), bytes);
    await mkdir(join(folder, "people", `person ${seed}`), { recursive: true });
    await writeFile(join(folder, "people", `person ${seed}`, "1.png"), bytes);
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** The lines of JSON that an example prints. */
async function lines(name: string, ...paths: readonly string[]): Promise<unknown[]> {
  const words = ["--import", "tsx", join(EXAMPLES, name), ...paths];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

it("are those that are tested here", async () => {
  expect((await readdir(EXAMPLES)).sort()).toEqual(["cluster.ts", "identify.ts", "verify.ts"]);
});

it("verify: a photograph shows the same person as itself", async () => {
  const [same] = await lines("verify.ts", photograph(1), photograph(1));
  expect(same).toMatchObject({ score: expect.closeTo(1, 4), same: true, far: 1e-3 });
}, 60_000);

it("identify: finds the one of two known people that a photograph shows", async () => {
  const [found] = await lines("identify.ts", photograph(2), join(folder, "people"));
  expect(found).toMatchObject({ name: "person 2", matches: [{ name: "person 2", score: expect.closeTo(1, 4) }] });
}, 60_000);

it("cluster: two copies belong together", async () => {
  const found = (await lines("cluster.ts", photograph(1), photograph(1))) as { cluster: number }[];
  expect(found.map(({ cluster }) => cluster)).toEqual([0, 0]);
}, 60_000);
