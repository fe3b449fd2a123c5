/**
 * The protocols on synthetic files, beside numbers that recompute.py made of the same files by the definitions. Where
 * python3 has numpy, the script runs again here and must give the same numbers.
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  readDistractorList,
  readEmbeddings,
  readIjbFaces,
  readIjbMembers,
  readIjbPairs,
  readIjbSearches,
  readMegaFaceFeatures,
  readNoise,
  readProbeList,
  readTinyFace,
} from "../../src/base/benchmarks/index.ts";
import { evaluateDistractors } from "../../src/measure/eval/index.ts";
import {
  clearNoisyDistractors,
  type GallerySearch,
  identifyByRows,
  identifyTemplates,
  replaceNoisyProbes,
  templatesFromImages,
  verifyAllPairs,
  verifyTemplates,
} from "../../src/measure/protocols/index.ts";
import { setNames, writeSyntheticSets } from "./synthetic-sets.ts";

const SCRIPT = join(import.meta.dirname, "recompute.py");
const NUMBERS = join(import.meta.dirname, "numbers.json");

let folder: string;
let numbers: { readonly [set: string]: { readonly [protocol: string]: unknown } };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-protocols-"));
  await writeSyntheticSets(folder);
  if (process.env.COSFACE_RECOMPUTE !== undefined) await writeFile(NUMBERS, recompute());
  numbers = JSON.parse(await readFile(NUMBERS, "utf8"));
});
afterAll(() => rm(folder, { recursive: true }));

function recompute(): string {
  return execFileSync("python3", [SCRIPT, folder], { encoding: "utf8", maxBuffer: 1e8 });
}

function hasNumpy(): boolean {
  try {
    execFileSync("python3", ["-c", "import numpy"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Fails unless both have the same numbers to 1e-9, wherever the expected value has one. */
function expectNumbers(actual: unknown, expected: unknown, where: string): void {
  if (typeof expected === "number") {
    expect(typeof actual, where).toBe("number");
    expect(Math.abs(Number(actual) - expected), `${where}: ${actual} and ${expected}`).toBeLessThan(1e-9);
  } else if (typeof expected === "object" && expected !== null) {
    for (const [key, value] of Object.entries(expected)) {
      expectNumbers((actual as Readonly<Record<string, unknown>>)?.[key], value, `${where}.${key}`);
    }
  } else {
    expect(actual, where).toBe(expected);
  }
}

describe.skipIf(!hasNumpy())("recompute.py, with numpy", () => {
  it("gives the numbers that are kept beside it", () => {
    expectNumbers(JSON.parse(recompute()), numbers, "numbers");
  });
});

describe.each(setNames)("the set '%s'", (name) => {
  const path = (file: string) => join(folder, name, file);
  const expected = (protocol: string) => numbers[name]?.[protocol];

  it("has, by IJB-C's protocols, the numbers of the definition", async () => {
    const members = await readIjbMembers(path(""), "ijbc");
    const { detectorScores } = await readIjbFaces(path(""), "ijbc", members);
    const pairs = await readIjbPairs(path(""), "ijbc", members);
    const { probes, galleries } = await readIjbSearches(path(""), "ijbc", members);
    const scoresOf = { N1D1: { detectorScores }, N1D0: {}, N0D1: { keepNorm: false, detectorScores } };
    for (const file of ["embeddings.npy", "embeddings-f64.npy"]) {
      const embeddings = await readEmbeddings(path(file));
      const actual = Object.entries(scoresOf).map(([variant, options]) => {
        const templates = templatesFromImages({ embeddings, ...members }, options);
        const { genuineCount, impostorCount, points } = verifyTemplates(templates, pairs);
        const search = ({ matedCount, ranks, byPairs, bySearches }: GallerySearch) => {
          return { matedCount, ranks, byPairs, bySearches };
        };
        const { joined, alone } = identifyTemplates(templates, probes, galleries);
        const verification = {
          genuineCount,
          impostorCount,
          personCount: points.find(({ byPeople }) => byPeople !== null)?.byPeople?.personCount,
          points: points.map(({ strict, ...point }) => ({ ...point, strict: strict.tar })),
        };
        return [variant, { verification, identification: { joined: search(joined), alone: alone.map(search) } }];
      });
      expectNumbers(Object.fromEntries(actual), expected("ijbc"), file);
    }
  });

  it("has, by TinyFace's protocol, the numbers of the definition", async () => {
    const { probes, gallery } = await readTinyFace(path("Testing_Set"));
    const part = (file: string) => readEmbeddings(path(file));
    const [matches, distractors] = [await part("Gallery_Match.npy"), await part("Gallery_Distractor.npy")];
    const rows = {
      count: matches.count + distractors.count,
      size: matches.size,
      data: Float32Array.of(...matches.data, ...distractors.data),
    };
    const { probeCount, ranks } = await identifyByRows(
      { embeddings: await part("Probe.npy"), identities: probes.identities },
      { embeddings: rows, identities: gallery.identities },
      { threads: 1 },
    );
    expectNumbers({ probeCount, ranks }, expected("tinyface"), "tinyface");
  });

  it("has, by MegaFace's protocol, the numbers of the definition, with noise and without", async () => {
    const probeList = await readProbeList(path("facescrub_features_list.json"));
    const distractorList = await readDistractorList(path("megaface_features_list.json_60_1"));
    const embeddings = await readMegaFaceFeatures(path("facescrub"), probeList);
    const distractors = await readMegaFaceFeatures(path("megaface"), distractorList);
    const { identities } = probeList;
    const rates = async (known: typeof embeddings, others: typeof embeddings) => {
      const { trialCount, rankRates, lenientRankRates, points } = await evaluateDistractors(
        { embeddings: known, identities },
        others,
        { fars: [1e-3, 1e-2, 1e-1], threads: 1 },
      );
      return {
        trialCount,
        rankRates: [...rankRates],
        lenientRankRates: [...lenientRankRates],
        tars: points.map(({ tar }) => tar),
      };
    };
    expectNumbers(await rates(embeddings, distractors), expected("megaface"), "megaface");
    const clean = replaceNoisyProbes(
      { embeddings, identities },
      await readNoise(path("facescrub_noises.txt"), probeList, 1),
    );
    clearNoisyDistractors(distractors, await readNoise(path("megaface_noises.txt"), distractorList, 3));
    expectNumbers(await rates(clean, distractors), expected("megafaceWithoutNoise"), "megaface without noise");
  });

  it("has, over all pairs, the numbers of the definition", async () => {
    const { imageNames } = await readIjbMembers(path(""), "ijbc");
    const embeddings = await readEmbeddings(path("embeddings.npy"));
    const identities = imageNames.map((image) => Number.parseInt(image, 10));
    const { genuineCount, impostorCount, points } = await verifyAllPairs(
      { embeddings, identities },
      [1e-3, 1e-2, 0.1],
      {
        threads: 1,
        blockRows: 64,
      },
    );
    const tars = points.map(({ strict }) => strict.tar);
    expectNumbers({ genuineCount, impostorCount, tars }, expected("allPairs"), "all pairs");
  });
});
