/**
 * Whatever bytes a data set, a pair list or a verification file has, reading it ends soon and in bounded memory: with
 * what the file says, or with a typed error that names the file. `COSFACE_MUTATIONS=10000` tries that many.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DatasetError, ImageError } from "../src/base/core/index.ts";
import {
  datasetDigest,
  type FaceDataset,
  faceDataset,
  lfwImages,
  openDataset,
  packDataset,
  readLfwPairs,
  readVerificationBin,
  requireTrainable,
  summarize,
  type VerificationSet,
} from "../src/base/data/index.ts";
import { encodeImage } from "../src/base/image/index.ts";
import { type GoodFile, mutatedFiles } from "./mutations.ts";
import { mutationCount, mutationTimeout } from "./support/mutation-count.ts";
import { tryMutations } from "./support/try-mutations.ts";

const COUNT = mutationCount(150);
/** People with two photographs each, in the folder of images that pair lists name. */
const PEOPLE = ["Ann A", "Jos\u00e9"];
const LABELS = [0, 0, 1, 2];

let folder: string;
/** Images that differ: image i has the level 40 · i everywhere. */
let images: readonly Uint8Array[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-mutated-"));
  images = await Promise.all(
    LABELS.map((_, i) => {
      const data = new Uint8Array(36).fill(40 * i);
      return encodeImage({ width: 4, height: 3, data }, { format: "png" });
    }),
  );
  for (const [person, name] of PEOPLE.entries()) {
    await mkdir(join(folder, "lfw", name), { recursive: true });
    for (const number of [1, 2]) {
      await writeFile(join(folder, "lfw", name, `${name}_000${number}.png`), imageOf(2 * person + number - 1));
    }
  }
});
afterAll(() => rm(folder, { recursive: true }));

function imageOf(index: number): Uint8Array {
  return images[index] ?? new Uint8Array(0);
}

/** Files that a set is read from: those beside the mutated one stay good. */
async function packed(): Promise<GoodFile[]> {
  const set = faceDataset({
    identityCount: 3,
    labels: Uint32Array.from(LABELS),
    source: (index) => `image ${index}`,
    readBytes: async (index) => imageOf(index),
    close: async () => {},
  });
  await packDataset(set, join(folder, "packed"));
  return Promise.all(
    ["train.rec", "train.idx", "property"].map(async (format) => ({
      format,
      bytes: Uint8Array.from(await readFile(join(folder, "packed", format))),
    })),
  );
}

/** What a data set must be, whatever its bytes were. */
async function requireSound(dataset: FaceDataset): Promise<void> {
  const { identityCount, sampleCount, labels } = dataset;
  expect(labels.length).toBe(sampleCount);
  expect(labels.every((label) => label < identityCount)).toBe(true);
  expect(datasetDigest(dataset)).toMatch(/^[0-9a-f]{32}$/);
  expect(summarize(dataset).mostPerIdentity).toBeLessThanOrEqual(sampleCount);
  requireTrainable(dataset);
  for (let index = 0; index < Math.min(8, sampleCount); index++) {
    expect(dataset.source(index)).toContain("train.rec");
    await dataset.read(index).catch((cause: unknown) => {
      if (!(cause instanceof ImageError || cause instanceof DatasetError)) throw cause;
    });
  }
}

/**
 * What an index or the number of identities may not change: each sample is a record with its own label and image, in
 * the order of the file, and those that are missing are reported.
 */
async function requireSameRecords(dataset: FaceDataset): Promise<void> {
  const found: number[] = [];
  for (let index = 0; index < dataset.sampleCount; index++) {
    const bytes = Buffer.from(await dataset.readBytes(index));
    const record = images.findIndex((image) => bytes.equals(image));
    expect(dataset.labels[index]).toBe(LABELS[record]);
    found.push(record);
  }
  expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
  expect(found.length + (dataset.passedOver?.length ?? 0)).toBeGreaterThanOrEqual(LABELS.length);
}

async function requireSoundPairs(set: VerificationSet): Promise<void> {
  for (const { left, right, fold } of set.pairs) {
    expect(Math.max(left, right)).toBeLessThan(set.imageCount);
    expect(fold).toBeLessThan(set.foldCount);
  }
  await set.read(0).catch((cause: unknown) => {
    if (!(cause instanceof ImageError)) throw cause;
  });
}

/** What no list may change: a pair for each line after the first, of the images that the line names. */
async function requirePairsOfLines(set: VerificationSet, text: string): Promise<void> {
  const [, ...lines] = text.split(/[\r\n]+/).filter((line) => line.trim() !== "" && line.trim() !== "\ufeff");
  expect(set.pairs).toHaveLength(lines.length);
  for (const [i, { left, right, same }] of set.pairs.entries()) {
    const line = lines[i] ?? "";
    const fields = line.trim().split(line.includes("\t") ? "\t" : /\s+/);
    const [name = "", number = "", third = "", fourth] = fields.map((field) => field.trim().normalize("NFC"));
    expect(same).toBe(fourth === undefined);
    const named = [[name, number], fourth === undefined ? [name, third] : [third, fourth]] as const;
    for (const [side, [who, which]] of named.entries()) {
      const level = 40 * (2 * PEOPLE.indexOf(who) + Number(which) - 1);
      expect((await set.read(side === 0 ? left : right)).data[0]).toBe(level);
    }
  }
}

const pairs = "2\t1\nAnn A\t1\t2\nAnn A\t1\tJos\u00e9\t2\n\nJos\u00e9\t1\t2\nJos\u00e9\t1\tAnn A\t2\n";
const unspaced = "1\nJos\u00e9 1 2\nJos\u00e9 1 Jos\u00e9 2\n";

/** Kinds of files: the good ones, and how one is read. */
const kinds: readonly {
  readonly kind: string;
  readonly named: RegExp;
  readonly goodFiles: () => Promise<GoodFile[]>;
  readonly read: (bytes: Uint8Array, good: readonly GoodFile[], format: string) => Promise<void>;
}[] = [
  {
    kind: "record files, indexes and properties",
    named: /train\.rec|property|data set/,
    goodFiles: packed,
    async read(bytes, good, format) {
      const set = join(folder, "set");
      await mkdir(set, { recursive: true });
      for (const file of good) await writeFile(join(set, file.format), file.format === format ? bytes : file.bytes);
      const dataset = await openDataset(set);
      try {
        await requireSound(dataset);
        if (format !== "train.rec") await requireSameRecords(dataset);
      } finally {
        await dataset.close();
      }
    },
  },
  {
    kind: "pair lists",
    named: /pairs\.txt/,
    goodFiles: async () =>
      [pairs, unspaced].map((text, i) => ({ format: `list ${i}`, bytes: new TextEncoder().encode(text) })),
    async read(bytes) {
      await writeFile(join(folder, "pairs.txt"), bytes);
      const set = await lfwImages(join(folder, "lfw"), await readLfwPairs(join(folder, "pairs.txt")));
      await requireSoundPairs(set);
      await requirePairsOfLines(set, new TextDecoder().decode(bytes));
    },
  },
  {
    kind: "verification files",
    named: /set\.bin/,
    goodFiles: async () =>
      [4, 2].map((protocol) => ({ format: `protocol ${protocol}`, bytes: pickle(protocol, imageOf(0)) })),
    async read(bytes) {
      await writeFile(join(folder, "set.bin"), bytes);
      const set = await readVerificationBin(join(folder, "set.bin"));
      await requireSoundPairs(set);
      // What no file may change: images 2 i and 2 i + 1 are pair i, and folds are runs of pairs.
      expect(set.imageCount).toBe(2 * set.pairs.length);
      for (const [i, { left, right, fold }] of set.pairs.entries()) {
        expect([left, right]).toEqual([2 * i, 2 * i + 1]);
        expect(fold).toBeGreaterThanOrEqual(set.pairs[i - 1]?.fold ?? 0);
      }
    },
  },
];

describe.each(kinds)("mutated $kind", ({ goodFiles, named, read }) => {
  it(`${COUNT} of them end in what they say or a typed error`, { timeout: mutationTimeout(COUNT) }, async () => {
    const good = await goodFiles();
    for (const { bytes, format } of good) await read(bytes, good, format);
    const counts = await tryMutations({
      count: COUNT,
      file: mutatedFiles("mutated data", 1, good),
      named,
      read: ({ bytes, format = "" }) => read(bytes, good, format),
    });
    expect(counts.refused).toBeGreaterThan(COUNT / 10);
  });
});

/** A pickle of 20 images and 10 labels, by hand: lists of byte strings and booleans. */
function pickle(protocol: number, image: Uint8Array): Uint8Array {
  const bytes: number[] = [0x80, protocol, 0x5d, 0x28];
  for (let i = 0; i < 20; i++) bytes.push(protocol >= 3 ? 0x43 : 0x55, image.length, ...image);
  bytes.push(0x65, 0x5d, 0x28);
  for (let i = 0; i < 10; i++) bytes.push(i % 2 === 0 ? 0x88 : 0x89);
  bytes.push(0x65, 0x86, 0x2e);
  return Uint8Array.from(bytes);
}
