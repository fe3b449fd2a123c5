/**
 * `cosface train` with images that it cannot read: what it skips is counted and named, and the run ends with its
 * report.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { syntheticFaces } from "../src/training/synthetic/index.ts";

const command = join(import.meta.dirname, "..", "bin", "cosface.js");
let root: string;

/** Writes drawn people as `NAME/NAME_0001.png`. */
async function drawPeople(folder: string, names: readonly string[], seed: number): Promise<void> {
  const faces = syntheticFaces({ identityCount: names.length, imagesPerIdentity: 4, seed, width: 32, height: 32 });
  for (const [index, label] of faces.labels.entries()) {
    const name = names[label]!;
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, `${name}_000${1 + (index % 4)}.png`), await faces.readBytes(index));
  }
}

const pairs = [
  "2\t3",
  ...["a\t1\t2", "b\t1\t2", "c\t1\t2", "a\t1\tb\t1", "a\t2\tc\t1", "b\t2\tc\t2"],
  ...["a\t3\t4", "b\t3\t4", "c\t3\t4", "a\t3\tb\t3", "a\t4\tc\t3", "b\t4\tc\t4"],
];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "cosface-train-cli-"));
  await drawPeople(join(root, "faces"), ["p", "q", "r"], 1);
  await drawPeople(join(root, "test"), ["a", "b", "c"], 2);
  writeFileSync(join(root, "pairs.txt"), pairs.join("\n"));
  writeFileSync(join(root, "faces", "q", "q_0002.png"), "broken");
  writeFileSync(join(root, "test", "b", "b_0004.png"), "broken");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function train(run: string, ...more: string[]) {
  const paths = ["--data", join(root, "faces"), "--out", join(root, run)];
  const verify = ["--verify-images", join(root, "test"), "--verify-pairs", join(root, "pairs.txt")];
  const network = ["--network", "toy", "--input", "32x32", "--embedding-size", "8", "--scale", "8"];
  const steps = ["--batch", "4", "--iterations", "6", "--no-measure", "--threads", "1", "--seed", "3"];
  const words = ["train", ...paths, ...verify, ...network, ...steps, "--learning-rate", "0.01", ...more];
  return spawnSync(process.execPath, [command, ...words], { encoding: "utf8" });
}

describe("cosface train", () => {
  it("skips images that cannot be read, names them, and writes its report", { timeout: 60_000 }, () => {
    const { status, stderr, stdout } = train("run");
    expect(stderr).toMatch(/skipped pairs\.txt:9, right: .*/);
    expect(stderr).toContain("the verification leaves out 2 pairs of these images, and scores 10");
    expect(stderr).toMatch(/skipped identity 1, image 2: /);
    expect(stderr).toMatch(/1 broken images were skipped/);
    expect(stderr).toMatch(/verification: accuracy/);
    expect(stdout).toMatch(/model\.onnx after 6 steps/);
    expect(status).toBe(0);
    expect(existsSync(join(root, "run", "report.html"))).toBe(true);
    expect(readFileSync(join(root, "run", "card.md"), "utf8")).toContain("**Weights:** trained by `cosface train`");
  });

  it("writes its report without angles where the last step diverged, and says so", { timeout: 60_000 }, () => {
    const { status, stderr } = train("diverged", "--iterations", "1", "--batch", "2", "--learning-rate", "1e30");
    expect(stderr).toMatch(/not finite/);
    expect(stderr).not.toMatch(/sampleGeometry|centerGeometry|verifyTenFold/);
    expect(status).toBe(0);
    expect(existsSync(join(root, "diverged", "report.html"))).toBe(true);
  });
});
