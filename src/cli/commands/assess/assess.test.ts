import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { writeDrawnCrops } from "../../../../test/support/drawn-crops.ts";
import { writePixelEmbedder } from "../../../../test/support/networks.ts";
import { createProgram } from "../../program.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-assess-cli-"));
  await writePixelEmbedder(join(folder, "pixels.onnx"));
  await writeDrawnCrops(join(folder, "people"), 16);
  const lines = Array.from({ length: 16 }, (_, i) => `Person ${i + 1},${i < 11 ? "first" : "second"}`);
  await writeFile(join(folder, "groups.csv"), `person,group\n${lines.join("\n")}\n`);
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** What `cosface assess` prints in this process. */
async function run(...flags: readonly string[]): Promise<string> {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const contract = ["--channels", "rgb", "--mean", "110", "--std", "50", "--flip", "none", "--threads", "1"];
  const inputs = [join(folder, "people"), "--aligned", "--model", join(folder, "pixels.onnx"), ...contract];
  const words = ["assess", ...inputs, "--no-keep-embeddings", "--no-images", "--far", "0.1", ...flags];
  await (await createProgram("assess")).parseAsync(words, { from: "user" });
  return write.mock.calls.map(([text]) => text).join("");
}

describe("cosface assess", () => {
  it("prints the thresholds and what is refused, and writes the report for its owner alone", async () => {
    const out = join(folder, "report.html");
    const text = await run("--out", out, "--groups", join(folder, "groups.csv"));
    const [photographs, verification, search, groups, ...rest] = text.split("\n");
    expect(photographs).toBe("32 photographs of 16 people");
    expect(verification).toMatch(/^1:1 at FMR 1e-1 {5}threshold 0\.\d{3} \(0\.\d{3} to 0\.\d{3}\); FNMR [\d.]+ %/);
    expect(search).toMatch(/^1:N at FPIR 1e-2 {4}refused: insufficient data: /);
    expect(groups).toMatch(/^groups by group {5}first FMR [\d.e-]+, FNMR \S+; second FMR refused, FNMR refused$/);
    expect(rest.at(-2)).toBe(`written to ${out} and ${join(folder, "report.json")}`);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    const page = await readFile(out, "utf8");
    expect(page).toContain("group &#39;second&#39;: FMR: 5 people, expected at least 10");
    expect(page).not.toContain("data:image");
  });

  it("prints the numbers as JSON, as they are written", async () => {
    const out = join(folder, "numbers.html");
    const { report, ...numbers } = JSON.parse(await run("--out", out, "--json"));
    expect(report).toBe(out);
    expect(numbers).toMatchObject({ detector: null, wanted: { far: 0.1, fpir: 0.01 }, data: { imageCount: 32 } });
    expect(JSON.parse(await readFile(join(folder, "numbers.json"), "utf8"))).toEqual(numbers);
  });
});
