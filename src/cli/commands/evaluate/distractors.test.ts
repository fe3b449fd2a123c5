import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { packDataset } from "../../../base/data/index.ts";
import { syntheticFaces } from "../../../training/synthetic/index.ts";
import { createProgram } from "../../program.ts";

let folder: string;
let [people, others] = ["", ""];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-distractors-"));
  vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
  [people, others] = [join(folder, "people"), join(folder, "others")];
  const drawn = { width: 48, height: 48, difficulty: 0.1 };
  await packDataset(syntheticFaces({ ...drawn, identityCount: 4, imagesPerIdentity: 3, seed: 1 }), people);
  await packDataset(syntheticFaces({ ...drawn, identityCount: 20, imagesPerIdentity: 1, seed: 2 }), others);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => vi.restoreAllMocks());

/** Standard output of `cosface evaluate default --protocol megaface WORDS`. */
async function evaluate(...words: readonly string[]): Promise<string> {
  let text = "";
  vi.spyOn(process.stdout, "write").mockImplementation((part) => {
    text += part;
    return true;
  });
  const all = ["evaluate", "default", "--protocol", "megaface", "--threads", "1", ...words];
  await (await createProgram("evaluate")).parseAsync(all, { from: "user" });
  return text;
}

describe("cosface evaluate --protocol megaface", () => {
  it("finds people among distractors, and says what cannot be measured", async () => {
    const sets = ["--images", join(people, "train.rec"), "--distractors", join(others, "train.rec")];
    const result = JSON.parse(await evaluate(...sets, "--json"));
    expect(result).toMatchObject({ protocol: "megaface", probeCount: 12, distractorCount: 20, trialCount: 24 });
    expect(result.rankRates).toHaveLength(10);
    // By chance a mate would be before 20 distractors in one trial of 21.
    expect(result.rankRates[0]).toBeGreaterThan(0.3);
    expect(result.rankRates.toSorted()).toEqual(result.rankRates);
    expect(result.points[0]).toMatchObject({ far: 1e-6, tar: null, impostorCount: 240 });
    const text = await evaluate(...sets);
    expect(text).toContain("12 probes among 20 distractors, 24 trials\nrank-1 ");
    expect(text).toContain("TAR@FAR=0.000001  not measurable: insufficient data: 240 impostor pairs");
  });

  it("needs distractors and aligned faces", async () => {
    const images = ["--images", people];
    await expect(evaluate(...images)).rejects.toThrow("--protocol megaface needs --distractors");
    await expect(evaluate(...images, "--distractors", others, "--align")).rejects.toThrow(
      "option '--align' has no effect unless --protocol is lfw",
    );
  });
});
