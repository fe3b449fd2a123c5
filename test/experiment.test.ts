import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const command = join(import.meta.dirname, "..", "bin", "cosface.js");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cosface-experiment-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `cosface experiment margin` on a few synthetic people, small enough for a test, and gives what it prints. */
function experiment(): Promise<{ code: number | null; stdout: string }> {
  const sweep = ["experiment", "margin", "--margins", "0,0.2", "--seeds", "1", "--parallel", "2", "--json"];
  const data = ["--identities", "6", "--images-per-identity", "4", "--epochs", "2", "--batch", "8", "--warm-up", "1"];
  const network = ["--network", "iresnet10-light", "--input", "16x16", "--embedding-size", "8", "--out", folder];
  const child = spawn(process.execPath, [command, ...sweep, ...data, ...network], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  child.stdout.on("data", (text: Buffer) => {
    stdout += text;
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, stdout })));
}

it("experiment: two processes make the runs, one reports them, and a second call finds all done", {
  timeout: 180_000,
}, async () => {
  const { code, stdout } = await experiment();
  expect(code).toBe(0);
  const { isFinished, variants, runs, report } = JSON.parse(stdout);
  expect(isFinished).toBe(true);
  expect(variants.map(({ name }: { name: string }) => name)).toEqual(["m = 0", "m = 0.2"]);
  expect(runs.map(({ outcome }: { outcome: string }) => outcome)).toEqual(["finished", "finished"]);
  expect(readFileSync(report, "utf8")).toContain("Accuracy by margin");
  for (const name of ["margin-accuracy.svg", "margin-training.svg"]) {
    expect(existsSync(join(folder, "figures", name))).toBe(true);
  }
  expect(JSON.parse((await experiment()).stdout).runs).toEqual(runs);
});
