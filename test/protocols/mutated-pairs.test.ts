/**
 * Whatever bytes a list of pairs or a MAT-file has, reading it ends: with pairs of known images, or with a typed error
 * that names the file. `COSFACE_MUTATIONS=10000` tries that many.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ListedPair,
  readAgeDbPairs,
  readCfpPairs,
  readQualities,
  readRfwPairs,
  readTwoLinePairs,
  readVideoPairs,
} from "../../src/base/benchmarks/index.ts";
import { mutatedFiles } from "../mutations.ts";
import { ageDbSplits, matFile } from "../support/mat-bytes.ts";
import { mutationCount } from "../support/mutation-count.ts";
import { tryMutations } from "../support/try-mutations.ts";

const COUNT = mutationCount(150);

let folder: string;
const at = (...names: readonly string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-mutated-pairs-"));
  for (const list of ["F", "P"]) {
    await mkdir(at("cfp"), { recursive: true });
    await writeFile(at("cfp", `Pair_list_${list}.txt`), "1 ../Data/Images/001/01.jpg\n2 ../Data/Images/002/01.jpg\n");
  }
  for (const test of ["FF", "FP"]) {
    for (let fold = 1; fold <= 10; fold++) {
      const path = at("cfp", "Split", test, String(fold).padStart(2, "0"));
      await mkdir(path, { recursive: true });
      for (const kind of ["same", "diff"]) await writeFile(join(path, `${kind}.txt`), "1,2\n2,1\n");
    }
  }
});
afterAll(() => rm(folder, { recursive: true }));

function expectPairs(pairs: readonly ListedPair[]): void {
  for (const { left, right, fold } of pairs) {
    expect(`${left}/${right}`.split("/")).not.toContain("..");
    expect(fold).toBeGreaterThanOrEqual(0);
  }
}

const twoLines = Array.from({ length: 20 }, (_, i) => `a${i}.jpg ${i < 10 ? 1 : 0}\nb${i}.jpg 0`).join("\n");
const splits = Array.from({ length: 10 }, (_, i) => `${i + 1}, a/${i}, b/${i}, ${i % 2}`).join("\n");
const named = Array.from({ length: 2 }, () => [{ left: "a", right: "b", same: true }]);

/** A file by its name, its bytes, and how it is read. */
const kinds: readonly {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly read: (path: string) => Promise<void>;
}[] = [
  { file: "calfw.txt", bytes: Buffer.from(twoLines), read: async (path) => expectPairs(await readTwoLinePairs(path)) },
  {
    file: "splits.txt",
    bytes: Buffer.from(`split, first, second, same\n${splits}\n`),
    async read(path) {
      const { videos, pairs } = await readVideoPairs(path);
      for (const { left, right } of pairs) expect(Math.max(left, right)).toBeLessThan(videos.length);
    },
  },
  {
    file: "scores.txt",
    bytes: Buffer.from("a/a_0001.jpg 0.25\nb/b_0001.jpg 1e-3\n"),
    async read(path) {
      expect([...(await readQualities(path)).values()].every(Number.isFinite)).toBe(true);
    },
  },
  {
    file: "rfw/Asian_pairs.txt",
    bytes: Buffer.from("m.01\t1\t2\nm.01\t1\tm.02\t3\n".repeat(5)),
    async read(path) {
      for (const pairs of (await readRfwPairs(dirname(path))).values()) expectPairs(pairs);
    },
  },
  {
    file: "cfp/Pair_list_P.txt",
    bytes: Buffer.from("1 ../Data/Images/001/01.jpg\n2 ../Data/Images/002/01.jpg\n"),
    async read(path) {
      const { FF, FP } = await readCfpPairs(dirname(path));
      expectPairs([...FF, ...FP]);
    },
  },
  { file: "plain.mat", bytes: matFile([ageDbSplits(named)], false), read: readAgeDb },
  { file: "packed.mat", bytes: matFile([ageDbSplits(named)]), read: readAgeDb },
];

async function readAgeDb(path: string): Promise<void> {
  expectPairs(await readAgeDbPairs(path));
}

describe("mutated lists of pairs", () => {
  it.each(kinds)("$file is read or refused by name", { timeout: 120_000 }, async ({ file, bytes, read }) => {
    await mkdir(dirname(at(file)), { recursive: true });
    const counts = await tryMutations({
      count: COUNT,
      file: mutatedFiles("mutated pairs", 1, [{ format: file, bytes: Uint8Array.from(bytes) }]),
      named: /^[\w./]+\.(?:txt|mat)(?::|$)/,
      async read({ bytes: mutated }) {
        await writeFile(at(file), mutated);
        await read(at(file));
      },
    });
    expect(counts.refused).toBeGreaterThan(0);
  });
});
