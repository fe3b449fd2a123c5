import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DatasetError, ImageError } from "../core/index.ts";
import { encodeImage, type RgbImage } from "../image/index.ts";
import { openFolder } from "./folder/samples.ts";
import {
  datasetDigest,
  type FaceDataset,
  openDataset,
  packDataset,
  readLfwPairs,
  requireTrainable,
  summarize,
  unpackDataset,
} from "./index.ts";

/** Images of each identity in the set that every reader reads. */
const IMAGES_PER_IDENTITY = [2, 3, 1];
const LABELS = [0, 0, 1, 1, 1, 2];

/** A flat image whose color encodes its label and number. */
function flatImage(label: number, number: number): RgbImage {
  const color = [40 * label + 20, 40 * number + 20, 100];
  return { width: 8, height: 6, data: Uint8Array.from({ length: 144 }, (_, i) => color[i % 3]!) };
}

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "cosface-readers-"));
  const endings = ["png", "jpg"] as const;
  for (const [label, count] of IMAGES_PER_IDENTITY.entries()) {
    const folder = join(root, "folder", `person ${label}`);
    await mkdir(folder, { recursive: true });
    for (let number = 0; number < count; number++) {
      const ending = endings[number % 2]!;
      const format = ending === "jpg" ? "jpeg" : "png";
      await writeFile(join(folder, `${number}.${ending}`), await encodeImage(flatImage(label, number), { format }));
    }
  }
  await packDataset(await openDataset(join(root, "folder")), join(root, "packed"));
  await packDataset(await openDataset(join(root, "folder")), join(root, "alone"));
  await rm(join(root, "alone/train.idx"));
  await rm(join(root, "alone/property"));
  await unpackDataset(join(root, "packed/train.rec"), join(root, "unpacked"));
});
afterAll(() => rm(root, { recursive: true }));

/** Every reader, with a file that holds samples and the error when that file is cut short. */
const readers = [
  { name: "folder", path: "folder", file: "folder/person 1/1.jpg", whenTruncated: ImageError },
  { name: "unpacked folder", path: "unpacked", file: "unpacked/00001/000001.jpg", whenTruncated: ImageError },
  { name: "train.rec in a folder", path: "packed", file: "packed/train.rec", whenTruncated: DatasetError },
  { name: ".rec without index", path: "alone/train.rec", file: "alone/train.rec", whenTruncated: DatasetError },
];

describe.each(readers)("$name", ({ path, file, whenTruncated }) => {
  const opened = async <T>(use: (dataset: FaceDataset) => Promise<T>): Promise<T> => {
    const dataset = await openDataset(join(root, path));
    try {
      return await use(dataset);
    } finally {
      await dataset.close();
    }
  };

  it("counts without reading images", () =>
    opened(async (dataset) => {
      expect(dataset.sampleCount).toBe(6);
      expect(dataset.identityCount).toBe(3);
      expect([...dataset.labels]).toEqual(LABELS);
    }));

  it("gives samples in file order, the same as when read one by one", () =>
    opened(async (dataset) => {
      let index = 0;
      for await (const sample of dataset) {
        expect(sample.label).toBe(LABELS[index]);
        expect(sample.source).toBe(dataset.source(index));
        expect([sample.image.width, sample.image.height]).toEqual([8, 6]);
        const number = index - LABELS.indexOf(sample.label);
        const wanted = flatImage(sample.label, number).data;
        expect(Math.max(...sample.image.data.map((value, i) => Math.abs(value - wanted[i]!)))).toBeLessThan(4);
        expect(await dataset.read(index)).toEqual(sample);
        index++;
      }
      expect(index).toBe(6);
    }));

  it("can be left early and iterated again", () =>
    opened(async (dataset) => {
      for await (const sample of dataset) if (sample.label === 1) break;
      let count = 0;
      for await (const _ of dataset) count++;
      expect(count).toBe(6);
    }));

  it("is closed once or twice, with reads in any order and at the same time before", () =>
    opened(async (dataset) => {
      const labels = await Promise.all([5, 0, 3].map(async (index) => (await dataset.read(index)).label));
      expect(labels).toEqual([2, 0, 1]);
      await dataset.close();
      await dataset.close();
    }));

  it("has sources without names of people", () =>
    opened(async (dataset) => {
      expect(dataset.source(4)).toMatch(/^(identity 1, image 3|train\.rec#5)$/);
    }));

  it("reports a truncated file", async () => {
    const whole = await readFile(join(root, file));
    await truncate(join(root, file), whole.length - 30);
    const readAll = () => opened(async (dataset) => dataset.read(3));
    await expect(readAll()).rejects.toThrow(whenTruncated);
    await writeFile(join(root, file), whole);
  });
});

describe("openDataset", () => {
  it("says what it expected", async () => {
    await mkdir(join(root, "empty"));
    await expect(openDataset(join(root, "empty"))).rejects.toThrow(
      "got no image (1 passed over: 1 × folder without images), expected a folder for each",
    );
    await expect(openDataset(join(root, "folder/person 0"))).rejects.toThrow(
      "got no image (2 passed over: 2 × image outside of a person's folder), expected a folder for each person",
    );
    await expect(openDataset(join(root, "nowhere"))).rejects.toThrow(DatasetError);
    await expect(openFolder(join(root, "nowhere"))).rejects.toThrow(
      `${join(root, "nowhere")}: there is no such folder`,
    );
    await expect(openDataset(join(root, "packed/property"))).rejects.toThrow("does not end in .rec");
  });
});

describe("errors about a file", () => {
  it("say what it is instead of records, and have its path", async () => {
    const file = join(root, "photograph.rec");
    await writeFile(file, await encodeImage(flatImage(0, 0), { format: "png" }));
    await expect(unpackDataset(file, join(root, "from-photograph"))).rejects.toMatchObject({
      file,
      message:
        "photograph.rec: got a file of another kind (PNG image), expected a .rec file, as cosface pack and InsightFace write it",
    });
    const folder = join(root, "packed");
    await expect(unpackDataset(folder, join(root, "from-folder"))).rejects.toMatchObject({
      file: folder,
      message: "packed: got a folder, expected a RecordIO file, such as train.rec in it",
    });
    const list = join(root, "pairs.txt");
    await writeFile(list, "10\nno pair\n");
    await expect(readLfwPairs(list)).rejects.toMatchObject({ file: list });
  });
});

describe("openFolder", () => {
  it("reads no hidden files, reports them and others, follows links, and gives no label to folders without images", async () => {
    const folder = join(root, "mixed");
    await mkdir(join(folder, "b/deeper"), { recursive: true });
    await mkdir(join(folder, "a"));
    await mkdir(join(folder, ".hidden"));
    const png = await encodeImage(flatImage(0, 0), { format: "png" });
    const files = ["b/1.PNG", "b/.2.png", "b/notes.txt", "b/deeper/3.png", ".hidden/4.png", "a/readme.md", "top.png"];
    for (const file of files) await writeFile(join(folder, file), /\.(md|txt)$/.test(file) ? "text" : png);
    await symlink(join(root, "folder/person 1"), join(folder, "c"));
    await symlink(join(root, "nowhere"), join(folder, "b/9.png"));
    const dataset = await openFolder(folder);
    expect(dataset.passedOver).toEqual([
      { name: ".hidden", reason: "hidden folder" },
      { name: "a/readme.md", reason: "text" },
      { name: "b/.2.png", reason: "hidden image" },
      { name: "b/9.png", reason: "dangling link" },
      { name: "b/notes.txt", reason: "text" },
      { name: "top.png", reason: "image outside of a person's folder" },
    ]);
    expect([...dataset.labels]).toEqual([0, 0, 1, 1, 1]);
    expect(dataset.relativePath(1)).toBe("b/deeper/3.png");
    await rm(join(folder, "b/1.PNG"));
    await expect(dataset.read(0)).rejects.toThrow(new ImageError("identity 0, image 1: there is no such file"));
  });

  it("takes folders whose names are equal in NFC for one person", async () => {
    const folder = join(root, "names");
    const png = await encodeImage(flatImage(0, 0), { format: "png" });
    for (const name of ["Jos\u00e9", "Jose\u0301", "Ann"]) {
      await mkdir(join(folder, name), { recursive: true });
      await writeFile(join(folder, name, "1.png"), png);
    }
    const dataset = await openFolder(folder);
    expect(dataset.identityNames).toEqual(["Ann", "Jos\u00e9"]);
    expect([...dataset.labels]).toEqual([0, 1, 1]);
    for (const index of [0, 1, 2]) expect((await dataset.read(index)).image.width).toBe(8);
  });

  it("never merges people below one folder into one person", async () => {
    const folder = join(root, "nested");
    const png = await encodeImage(flatImage(0, 0), { format: "png" });
    for (const name of ["train/ann", "train/bob", "cid/2019"]) {
      await mkdir(join(folder, name), { recursive: true });
      await writeFile(join(folder, name, "1.png"), png);
    }
    const dataset = await openFolder(folder);
    expect(dataset.identityNames).toEqual(["cid"]);
    expect(dataset.passedOver.map(({ name }) => name)).toEqual(["train/ann/1.png", "train/bob/1.png"]);
    await expect(openFolder(join(folder, "train"))).resolves.toMatchObject({ identityNames: ["ann", "bob"] });
  });
});

describe("datasetDigest", () => {
  it("changes with a person's name, a file's name and a label, and with nothing else", async () => {
    const folder = join(root, "digest");
    const png = await encodeImage(flatImage(0, 0), { format: "png" });
    const write = async (name: string) => {
      await mkdir(join(folder, name), { recursive: true });
      await writeFile(join(folder, name, "1.png"), png);
    };
    const digest = async () => datasetDigest(await openFolder(folder));
    await write("ann");
    await write("bob");
    const first = await digest();
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(await digest()).toBe(first);
    await rename(join(folder, "bob"), join(folder, "zoe"));
    const renamed = await digest();
    await rename(join(folder, "zoe"), join(folder, "bob"));
    await rename(join(folder, "bob/1.png"), join(folder, "bob/2.png"));
    const refiled = await digest();
    await write("cid");
    expect(new Set([first, renamed, refiled, await digest()]).size).toBe(4);
  });

  it("of records changes with keys, labels and sizes, and of other sets with their sources", async () => {
    const packed = await openDataset(join(root, "packed"));
    const alone = await openDataset(join(root, "alone/train.rec"));
    expect(datasetDigest(packed)).toBe(datasetDigest(alone));
    expect(datasetDigest({ ...packed, labels: packed.labels.slice().reverse() })).not.toBe(datasetDigest(packed));
    await Promise.all([packed.close(), alone.close()]);
    const set = { identityCount: 2, labels: Uint32Array.of(0, 1) };
    const digests = ["a", "b"].map((name) => datasetDigest({ ...set, source: (index) => `${name} ${index}` }));
    expect(digests[0]).not.toBe(digests[1]);
  });
});

describe("packDataset and unpackDataset", () => {
  it("write InsightFace's layout: images from key 1, then identities with the range of their keys", async () => {
    const index = (await readFile(join(root, "packed/train.idx"), "utf8")).trim().split("\n");
    expect(index).toHaveLength(1 + 6 + 3);
    expect(await readFile(join(root, "packed/property"), "utf8")).toBe("3,6,8\n");
    const file = await open(join(root, "packed/train.rec"));
    const labelsAt = async (key: number): Promise<number[]> => {
      const { buffer } = await file.read(Buffer.alloc(40), 0, 40, Number(index[key]!.split("\t")[1]));
      return [buffer.readUInt32LE(8), buffer.readFloatLE(32), buffer.readFloatLE(36)];
    };
    expect(await labelsAt(0)).toEqual([2, 7, 10]);
    expect(await labelsAt(7)).toEqual([2, 1, 3]);
    expect(await labelsAt(8)).toEqual([2, 3, 6]);
    expect(await labelsAt(9)).toEqual([2, 6, 7]);
    await file.close();
  });

  it("keep the encoded bytes, and leave no temporary files", async () => {
    expect(await readFile(join(root, "unpacked/00001/000001.jpg"))).toEqual(
      await readFile(join(root, "folder/person 1/1.jpg")),
    );
    expect(await readdir(join(root, "packed"))).toEqual(["property", "train.idx", "train.rec"]);
    expect((await readdir(root)).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("group images by identity when the set does not", async () => {
    const packed = await openDataset(join(root, "packed"));
    const order = [5, 2, 0, 3, 1, 4];
    const shuffled = {
      ...packed,
      labels: Uint32Array.from(order, (index) => LABELS[index]!),
      read: (i: number) => packed.read(order[i]!),
      readBytes: (i: number) => packed.readBytes(order[i]!),
    };
    await packDataset(shuffled, join(root, "grouped"));
    expect(await readFile(join(root, "grouped/train.rec"))).toEqual(await readFile(join(root, "packed/train.rec")));
    await packed.close();
  });

  it("refuse to write over a folder that holds something", async () => {
    await expect(unpackDataset(join(root, "packed/train.rec"), join(root, "folder"))).rejects.toThrow("is not empty");
  });
});

describe("summarize and requireTrainable", () => {
  const source = (index: number): string => `x#${index}`;
  const set = (identityCount: number, ...labels: number[]) => ({
    identityCount,
    sampleCount: labels.length,
    labels: Uint32Array.from(labels),
    source,
  });

  it("counts images of identities, those without any too", () => {
    const summary = summarize(set(4, 1, 1, 1, 0, 2, 2));
    expect(summary).toMatchObject({ fewestPerIdentity: 0, medianPerIdentity: 1.5, mostPerIdentity: 3 });
    expect(summarize(set(0))).toMatchObject({ fewestPerIdentity: 0, medianPerIdentity: 0, mostPerIdentity: 0 });
  });

  it("refuses sets that no network can be trained on", () => {
    expect(() => requireTrainable(set(0))).toThrow(DatasetError);
    expect(() => requireTrainable(set(1, 0, 0))).toThrow("got a single identity, expected 2 or more");
    expect(() => requireTrainable(set(2, 0, 2))).toThrow("x#1: got label 2, expected [0, 2)");
    requireTrainable(set(2, 0, 1));
  });
});
