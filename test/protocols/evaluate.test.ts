/** `cosface evaluate --protocol` on synthetic files: the numbers are those of recompute.py, through the command. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createProgram } from "../../src/cli/program.ts";
import { writeSyntheticSets } from "./synthetic-sets.ts";

let folder: string;
let numbers: {
  readonly tied: {
    readonly ijbc: {
      readonly [variant: string]: {
        readonly verification: { readonly points: readonly { readonly nearestCorner: { readonly tar: number } }[] };
        readonly identification: { readonly joined: { readonly byPairs: readonly { readonly tpir: number }[] } };
      };
    };
    readonly megaface: { readonly lenientRankRates: readonly number[] };
    readonly megafaceWithoutNoise: { readonly rankRates: readonly number[] };
  };
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-evaluate-"));
  await writeSyntheticSets(folder, ["tied"]);
  numbers = JSON.parse(await readFile(join(import.meta.dirname, "numbers.json"), "utf8"));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

const path = (file: string) => join(folder, "tied", file);

/** Standard output of `cosface evaluate --protocol WORDS`. */
async function evaluate(...words: readonly string[]): Promise<string> {
  let text = "";
  vi.spyOn(process.stdout, "write").mockImplementation((part) => {
    text += part;
    return true;
  });
  await (await createProgram("evaluate")).parseAsync(["evaluate", "--protocol", ...words], { from: "user" });
  return text;
}

describe("cosface evaluate --protocol ijbc", () => {
  const ijbc = (...words: readonly string[]) =>
    evaluate("ijbc", "--images", path(""), "--embeddings", path("embeddings.npy"), ...words);

  it("scores embeddings that were computed elsewhere, by each way to weight images", async () => {
    const variants = { N1D1: [], N1D0: ["--ignore-detector"], N0D1: ["--unit-length"] };
    for (const [variant, words] of Object.entries(variants)) {
      const result = JSON.parse(await ijbc(...words, "--json"));
      expect(result).toMatchObject({ protocol: "ijbc", model: null, genuineCount: 300, templateCount: 150 });
      const tars = result.points.map((point: { nearestCorner: { tar: number } }) => point.nearestCorner.tar);
      const expected = numbers.tied.ijbc[variant]?.verification.points.map(({ nearestCorner }) => nearestCorner.tar);
      expect(tars).toEqual(expected);
    }
  });

  it("prints each TAR by name, with its interval", async () => {
    const text = await ijbc();
    expect(text).toContain("150 templates, 300 genuine and ");
    expect(text).toContain(
      "variant     norm=kept, detector score=weight, media averaged, then summed, score=inner product",
    );
    expect(text).toMatch(/TAR@FAR=0\.000001 {2}not measurable: insufficient data: .*\n {18}nearest FAR .* \(FAR 0\); /);
    expect(text).toMatch(/TAR@FAR=0\.1 {7}[\d.]+ % \(threshold [\d.]+, 95 % interval by people [\d.]+ % to [\d.]+ %\)/);
  });

  it("searches both galleries, with ijbc-1n", async () => {
    const words = ["--images", path(""), "--embeddings", path("embeddings-f64.npy")];
    const result = JSON.parse(await evaluate("ijbc-1n", ...words, "--json"));
    expect(result.joined.byPairs.map(({ tpir }: { tpir: number }) => tpir)).toEqual(
      numbers.tied.ijbc.N1D1?.identification.joined.byPairs.map(({ tpir }) => tpir),
    );
    const text = await evaluate("ijbc-1n", ...words);
    expect(text).toContain("120 probes in galleries of 15 and 15");
    expect(text).toMatch(/averaged:\n {2}rank-1 .*\n(?: {2}.*\n)+both galleries joined, as InsightFace's script:\n/);
  });

  it("says what is missing or does not fit", async () => {
    await expect(evaluate("ijbc", "--images", path(""))).rejects.toThrow("--protocol ijbc needs a model");
    await expect(evaluate("ijbc", "--images", path(""), "--embeddings", path("Probe.npy"))).rejects.toThrow(
      /^the file of embeddings has 60 rows, expected \d+, one for each line of ijbc_face_tid_mid.txt$/,
    );
    await expect(evaluate("ijbb", "--images", path(""))).rejects.toThrow(
      "ijbb_face_tid_mid.txt: there is no such file",
    );
  });
});

describe("cosface evaluate --protocol megaface, from the devkit's feature files", () => {
  const megaface = (...words: readonly string[]) =>
    evaluate("megaface", "--images", path("facescrub"), "--distractors", path("megaface"), "--threads", "1", ...words);
  const lists = [
    "--probe-list",
    "facescrub_features_list.json",
    "--distractor-list",
    "megaface_features_list.json_60_1",
  ];
  const inFolder = (words: readonly string[]) => words.map((word) => (word.startsWith("--") ? word : path(word)));

  it("needs no model, and gives both rules for ties", async () => {
    const result = JSON.parse(await megaface(...inFolder(lists), "--json"));
    expect(result).toMatchObject({ protocol: "megaface", model: null, probeCount: 40, distractorCount: 60 });
    expect(result.lenientRankRates).toEqual(numbers.tied.megaface.lenientRankRates);
    expect(result.variant).toContain("noisy probes kept");
  });

  it("replaces what is on the noise lists", async () => {
    const noise = ["--probe-noise", "facescrub_noises.txt", "--distractor-noise", "megaface_noises.txt"];
    const result = JSON.parse(await megaface(...inFolder([...lists, ...noise]), "--json"));
    expect(result.rankRates).toEqual(numbers.tied.megafaceWithoutNoise.rankRates);
    expect(await megaface(...inFolder(lists))).toMatch(/rank-1 +[\d.]+ % \([\d.]+ % with ties behind the mate\)/);
  });

  it("needs both lists", async () => {
    await expect(megaface("--probe-noise", path("facescrub_noises.txt"))).rejects.toThrow(
      "--protocol megaface needs --probe-list and --distractor-list together",
    );
  });
});
