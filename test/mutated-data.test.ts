/**
 * Whatever bytes a data set, a pair list or a verification file has, reading it ends: with a data set whose numbers
 * are within their ranges, or with a typed error that names the file, soon and in bounded memory.
 * `COSFACE_MUTATIONS=10000` tries that many.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CosfaceError, DatasetError, ImageError } from "../src/base/core/index.ts";
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
import { type GoodFile, mutatedFiles, mutationCount } from "./mutations.ts";

const COUNT = mutationCount(300);
/** Seconds for one file on a busy machine. */
const PATIENCE = 10;
const MEMORY_BYTES = 1e9;

let folder: string;
let png: Uint8Array;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-mutated-"));
  png = await encodeImage(
    { width: 4, height: 3, data: Uint8Array.from({ length: 36 }, (_, i) => 7 * i) },
    { format: "png" },
  );
  for (const name of ["Ann A", "Jos\u00e9"]) {
    await mkdir(join(folder, "lfw", name), { recursive: true });
    for (const number of ["0001", "0002"]) await writeFile(join(folder, "lfw", name, `${name}_${number}.png`), png);
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** Files that a set is read from: those beside the mutated one stay good. */
async function packed(): Promise<GoodFile[]> {
  const set = faceDataset({
    identityCount: 3,
    labels: Uint32Array.of(0, 0, 1, 2),
    source: (index) => `image ${index}`,
    readBytes: async () => png,
    close: async () => {},
  });
  await packDataset(set, join(folder, "packed"));
  const { readFile } = await import("node:fs/promises");
  return Promise.all(
    ["train.rec", "train.idx", "property"].map(async (name) => ({
      format: name,
      bytes: Uint8Array.from(await readFile(join(folder, "packed", name))),
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

async function requireSoundPairs(set: VerificationSet): Promise<void> {
  for (const { left, right, fold } of set.pairs) {
    expect(Math.max(left, right)).toBeLessThan(set.imageCount);
    expect(fold).toBeLessThan(set.foldCount);
  }
  await set.read(0).catch((cause: unknown) => {
    if (!(cause instanceof ImageError)) throw cause;
  });
}

const pairs = "2\t1\nAnn A\t1\t2\nAnn A\t1\tJos\u00e9\t2\n\nJos\u00e9\t1\t2\nJos\u00e9\t1\tAnn A\t2\n";
const unspaced = "1\nAnn 1 2\nAnn 1 Bob 2\n";

/** Kinds of files: the good ones, and how one is read. */
const kinds: readonly {
  readonly kind: string;
  readonly goodFiles: () => Promise<GoodFile[]>;
  readonly read: (bytes: Uint8Array, good: readonly GoodFile[], format: string) => Promise<void>;
}[] = [
  {
    kind: "record files, indexes and properties",
    goodFiles: packed,
    async read(bytes, good, format) {
      const set = join(folder, "set");
      await mkdir(set, { recursive: true });
      for (const file of good) await writeFile(join(set, file.format), file.format === format ? bytes : file.bytes);
      const dataset = await openDataset(set);
      await requireSound(dataset).finally(() => dataset.close());
    },
  },
  {
    kind: "pair lists",
    goodFiles: async () =>
      [pairs, unspaced].map((text, i) => ({ format: `list ${i}`, bytes: new TextEncoder().encode(text) })),
    async read(bytes) {
      await writeFile(join(folder, "pairs.txt"), bytes);
      await requireSoundPairs(await lfwImages(join(folder, "lfw"), await readLfwPairs(join(folder, "pairs.txt"))));
    },
  },
  {
    kind: "verification files",
    goodFiles: async () => [4, 2].map((protocol) => ({ format: `protocol ${protocol}`, bytes: pickle(protocol, png) })),
    async read(bytes) {
      await writeFile(join(folder, "set.bin"), bytes);
      await requireSoundPairs(await readVerificationBin(join(folder, "set.bin")));
    },
  },
];

describe.each(kinds)("mutated $kind", ({ goodFiles, read }) => {
  it(`${COUNT} of them end in a data set or a typed error`, { timeout: 100_000 + 200 * COUNT }, async () => {
    const good = await goodFiles();
    for (const { bytes, format } of good) await read(bytes, good, format).catch(requireTyped);
    const counts = { read: 0, refused: 0 };
    const faults: string[] = [];
    const before = process.memoryUsage.rss();
    const file = mutatedFiles("mutated data", 1, good);
    for (let index = 0; index < COUNT; index++) {
      const { what, bytes } = file(index);
      const [, format = ""] = /^file \d+, ([^,]+),/.exec(what) ?? [];
      const start = performance.now();
      await read(bytes, good, format).then(
        () => counts.read++,
        (cause: unknown) => {
          counts.refused++;
          const isNamed =
            cause instanceof CosfaceError && /train\.rec|property|data set|pairs\.txt|set\.bin/.test(cause.message);
          if (!isNamed) faults.push(`${what}: ${cause}`);
        },
      );
      if (performance.now() - start > 1000 * PATIENCE) faults.push(`${what}: took too long`);
    }
    expect(faults).toEqual([]);
    expect(counts.refused).toBeGreaterThan(COUNT / 10);
    expect(process.memoryUsage.rss() - before).toBeLessThan(MEMORY_BYTES);
  });
});

function requireTyped(cause: unknown): void {
  if (!(cause instanceof CosfaceError)) throw cause;
}

/** A pickle of 20 images and 10 labels, by hand: lists of byte strings and booleans. */
function pickle(protocol: number, image: Uint8Array): Uint8Array {
  const bytes: number[] = [0x80, protocol, 0x5d, 0x28];
  for (let i = 0; i < 20; i++) bytes.push(protocol >= 3 ? 0x43 : 0x55, image.length, ...image);
  bytes.push(0x65, 0x5d, 0x28);
  for (let i = 0; i < 10; i++) bytes.push(i % 2 === 0 ? 0x88 : 0x89);
  bytes.push(0x65, 0x86, 0x2e);
  return Uint8Array.from(bytes);
}
