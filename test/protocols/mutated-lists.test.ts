/**
 * Whatever bytes the files of a benchmark have, reading them ends: with lists whose numbers are within their ranges, or
 * with a typed error that names the file, and the line where the file has lines. `COSFACE_MUTATIONS=10000` tries that
 * many.
 */
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
} from "../../src/base/benchmarks/index.ts";
import { byteMutations, type Mutation, mutatedFiles } from "../mutations.ts";
import { mutationCount } from "../support/mutation-count.ts";
import { tryMutations } from "../support/try-mutations.ts";
import { npyBytes, writeSyntheticSets } from "./synthetic-sets.ts";

const COUNT = mutationCount(120);

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "cosface-mutated-lists-"));
  await writeSyntheticSets(root, ["tied"]);
});
afterAll(() => rm(root, { recursive: true }));

const path = (file: string) => join(root, "tied", file);
const members = () => readIjbMembers(path(""), "ijbc");

/** A file, how it is read, and whether its errors have a line or the number of an entry. */
type Kind = { readonly file: string; readonly read: () => Promise<unknown>; readonly where: RegExp };

const LINE = /^[\w.]+(:\d+: |: )/;

const kinds: readonly Kind[] = [
  { file: "meta/ijbc_face_tid_mid.txt", where: LINE, read: members },
  {
    file: "meta/ijbc_name_5pts_score.txt",
    where: LINE,
    async read() {
      const all = await members();
      const { landmarks, detectorScores } = await readIjbFaces(path(""), "ijbc", all);
      expect(detectorScores.every(Number.isFinite)).toBe(true);
      for (const i of all.imageNames.keys()) expect(landmarks(i).flat().every(Number.isFinite)).toBe(true);
    },
  },
  {
    file: "meta/ijbc_template_pair_label.txt",
    where: LINE,
    async read() {
      const { left, right, same } = await readIjbPairs(path(""), "ijbc", await members());
      expect([left.length, right.length]).toEqual([same.length, same.length]);
      expect(same.every((label) => label <= 1)).toBe(true);
    },
  },
  ...["gallery_G1", "gallery_G2", "probe_mixed"].map((part) => ({
    file: `meta/ijbc_1N_${part}.csv`,
    where: LINE,
    read: async () => readIjbSearches(path(""), "ijbc", await members()),
  })),
  {
    file: "embeddings.npy",
    where: /^embeddings\.npy: /,
    async read() {
      const { count, size, data } = await readEmbeddings(path("embeddings.npy"));
      expect(data.length).toBe(count * size);
    },
  },
  {
    file: "facescrub_features_list.json",
    where: /^facescrub_features_list\.json(:\d+|: (path|id) \d+|, path \d+)?: /,
    async read() {
      const list = await readProbeList(path("facescrub_features_list.json"));
      expect(list.identities.length).toBe(list.paths.length);
      await readMegaFaceFeatures(path("facescrub"), list);
    },
  },
  {
    file: "facescrub/Person_4/Person_4_4.png_net.bin",
    where: /^facescrub_features_list\.json, path 4: /,
    async read() {
      const list = await readProbeList(path("facescrub_features_list.json"));
      const { data } = await readMegaFaceFeatures(path("facescrub"), list);
      expect(data.every(Number.isFinite)).toBe(true);
    },
  },
  {
    file: "megaface_noises.txt",
    where: /^megaface_noises\.txt: /,
    async read() {
      const list = await readDistractorList(path("megaface_features_list.json_60_1"));
      expect(await readNoise(path("megaface_noises.txt"), list, 3)).toHaveLength(list.paths.length);
    },
  },
];

/** Ways to damage a file of lines. */
const lineMutations: Readonly<Record<string, Mutation>> = {
  "a line cut": (bytes, stream) =>
    onLine(bytes, stream.uniform(), (line) => line.slice(0, stream.integer(line.length))),
  "a field left out": (bytes, stream) =>
    onLine(bytes, stream.uniform(), (line) => line.split(/[ ,]/).slice(1).join(" ")),
  "a number replaced": (bytes, stream) =>
    onLine(bytes, stream.uniform(), (line) =>
      line.replace(/\d+/, ["-1", "1e999", "NaN", "4294967296", "", "9", "0.5"][stream.integer(7)] ?? ""),
    ),
  "two lines joined": (bytes, stream) => onLine(bytes, stream.uniform(), (line) => `${line} ${line}`),
};

function onLine(bytes: Uint8Array, at: number, change: (line: string) => string): Uint8Array {
  const lines = new TextDecoder().decode(bytes).split("\n");
  const i = Math.floor(at * lines.length);
  return new TextEncoder().encode(lines.with(i, change(lines[i] ?? "")).join("\n"));
}

describe.each(kinds)("mutated $file", ({ file, read, where }) => {
  it(`${COUNT} of them end in sound lists or an error that names the file`, {
    timeout: 100_000 + 200 * COUNT,
  }, async () => {
    const good = Uint8Array.from(await readFile(path(file)));
    await read();
    const mutations = { ...byteMutations, ...(where === LINE ? lineMutations : {}) };
    const mutated = mutatedFiles("mutated lists", 1, [{ format: file, bytes: good }], { mutations });
    const { refused } = await tryMutations({
      file: mutated,
      count: COUNT,
      named: where,
      async read({ bytes }) {
        await writeFile(path(file), bytes);
        await read();
      },
    });
    await writeFile(path(file), good);
    expect(refused).toBeGreaterThan(COUNT / 20);
  });
});

describe("lists that end early", () => {
  it.each([
    ["meta/ijbc_face_tid_mid.txt", members],
    ["meta/ijbc_template_pair_label.txt", async () => readIjbPairs(path(""), "ijbc", await members())],
  ] as const)("%s: a line that is cut is named, wherever the cut is", async (file, read) => {
    const good = await readFile(path(file));
    const start = good.indexOf("\n", good.length / 2) + 1;
    const line = good.subarray(0, start).filter((byte) => byte === 10).length + 1;
    const end = good.indexOf("\n", start);
    for (let cut = start + 1; cut < end; cut++) {
      await writeFile(path(file), good.subarray(0, cut));
      const fields = good.subarray(start, cut).toString().trim().split(" ").length;
      if (fields < 3) await expect(read(), `cut at ${cut}`).rejects.toThrow(new RegExp(`:${line}: got ${fields} `));
    }
    await writeFile(path(file), good);
  });
});

describe("wrong lists", () => {
  const pairs = "meta/ijbc_template_pair_label.txt";
  it.each([
    [pairs, "7 7 2\n", ":1: got 2 for the label, expected two templates and a label (1 for one person, 0 for two)"],
    [pairs, "\n7 7 1 0\n", ":2: got more than 3 numbers"],
    [pairs, "7 7 x\n", ":1: got text, expected"],
    [pairs, "7 4294967296 1\n", ":1: got a number beyond 32 bits"],
    [pairs, "7 8 1\n", ":1: template 8 has no image"],
    [pairs, "", ":1: got no pairs"],
    ["meta/ijbc_face_tid_mid.txt", "1_1.jpg 7\n", ":1: got 2 fields, expected 3: image, template and medium"],
    ["meta/ijbc_face_tid_mid.txt", "../1.jpg 7 1\n", ":1: got a path that leads elsewhere"],
    ["meta/ijbc_face_tid_mid.txt", "1_1.jpg Ann 1\n", ":1: got text for the template, expected a whole number"],
    ["meta/ijbc_1N_probe_mixed.csv", "T,S\n7\n", ":2: got 1 field, expected template and subject"],
    ["meta/ijbc_1N_probe_mixed.csv", "T,S\n7,999\n", ":2: subject 999 is in neither gallery"],
    ["meta/ijbc_1N_probe_mixed.csv", "T,S\n8,100\n", ":2: template 8 has no image"],
    ["meta/ijbc_1N_probe_mixed.csv", "T,S\n7,100\n\n7,101\n", ":4: got subject 101 for template 7, and 100 on line 2"],
    ["meta/ijbc_1N_probe_mixed.csv", "T,S\n", ": got no templates after the header line"],
    ["meta/ijbc_1N_gallery_G2.csv", "T,S\n7,1\n10,1\n", ":3: got another template of subject 1, expected one in all"],
    ["facescrub_features_list.json", '{\n"path": [}', ":2: got damaged JSON"],
    ["facescrub_features_list.json", '{"path": ["a/b.jpg"], "id": []}', ': got 0 ids for 1 paths, expected "id"'],
    ["facescrub_features_list.json", '{"path": ["../b.jpg"], "id": [1]}', ": path 0: expected a path below"],
    ["facescrub_features_list.json", '{"path": ["a/b.jpg"], "id": [1]}', ", path 0: got no feature file, expected one"],
    ["megaface_noises.txt", "1/2/3.jpg\n", ": got 1 photographs, none of them in megaface_features_list.json_60_1"],
  ])("%s with %j", async (file, text, message) => {
    const kind = kinds.find((one) => one.file === file);
    const good = await readFile(path(file));
    await writeFile(path(file), text);
    await expect(kind?.read()).rejects.toThrow(`${file.replace("meta/", "")}${message}`);
    await writeFile(path(file), good);
  });

  it("names the row of an embedding that is not finite", async () => {
    const data = Float32Array.of(1, 2, 3, Number.NaN);
    await writeFile(path("bad.npy"), npyBytes({ count: 2, size: 2, data }));
    await expect(readEmbeddings(path("bad.npy"))).rejects.toThrow("bad.npy: row 1: got NaN, expected finite numbers");
    await writeFile(path("bad.npy"), npyBytes({ count: 1, size: 4, data }, "<f4", true));
    await expect(readEmbeddings(path("bad.npy"))).rejects.toThrow("bad.npy: got shape (4), expected (images, numbers");
  });

  it("says which file is missing", async () => {
    await expect(readIjbMembers(join(root, "none"), "ijbb")).rejects.toThrow(
      "ijbb_face_tid_mid.txt: there is no such file: expected lines of image, template and medium",
    );
  });
});
