import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDataset, summarize } from "../index.ts";
import { encodeImageRecord, encodeRecord } from "./records.ts";
import { recordDataset, scanRecords } from "./samples.ts";
import { memorySource } from "./source.ts";

type Face = { readonly labels: readonly number[]; readonly image: readonly number[] };

/** A record file with records of the given labels and bytes. */
function recordFile(faces: readonly Face[]) {
  const records = faces.map(({ labels, image }, id) =>
    encodeRecord(encodeImageRecord({ labels, id, image: Uint8Array.from(image) })),
  );
  const offsets = records.map((_, i) => records.slice(0, i).reduce((sum, record) => sum + record.length, 0));
  return { bytes: Uint8Array.from(records.flatMap((record) => [...record])), offsets };
}

/** Two images of identity 0 and one of identity 1, as InsightFace writes them. */
const faces: readonly Face[] = [
  { labels: [4, 6], image: [] },
  { labels: [0], image: [1] },
  { labels: [0], image: [2, 2] },
  { labels: [1, 9], image: [3, 3, 3] },
  { labels: [1, 3], image: [] },
  { labels: [3, 4], image: [] },
];

describe("recordDataset", () => {
  const { bytes, offsets } = recordFile(faces);
  const index = offsets.map((offset, key) => `${key}\t${offset}\n`).join("");

  it.each([
    ["with an index and the number of identities", { index, property: "2,112,112\n" }],
    ["from the records alone", {}],
  ])("finds images and labels %s", async (_, companions) => {
    const dataset = await recordDataset(memorySource(bytes, "train.rec"), companions);
    expect(dataset.identityCount).toBe(2);
    expect([...dataset.labels]).toEqual([0, 0, 1]);
    expect([0, 1, 2].map((i) => dataset.source(i))).toEqual(["train.rec#1", "train.rec#2", "train.rec#3"]);
    expect(await dataset.readBytes(2)).toEqual(Uint8Array.of(3, 3, 3));
  });

  it("takes every record for an image where record 0 is one", async () => {
    const plain = recordFile([faces[3]!, faces[1]!]);
    const dataset = await recordDataset(memorySource(plain.bytes, "own.rec"));
    expect([...dataset.labels]).toEqual([1, 0]);
    expect(dataset.source(0)).toBe("own.rec#0");
    expect(dataset.identityCount).toBe(2);
  });

  it("says at which byte a file is truncated, for every length", async () => {
    for (let length = 1; length < bytes.length; length++) {
      const open = recordDataset(memorySource(bytes.subarray(0, length), "train.rec"));
      if (offsets.includes(length)) {
        const isEnoughForImages = length >= offsets[4]!;
        if (!isEnoughForImages) await expect(open).rejects.toThrow("expected 3 as record 0 says");
        continue;
      }
      const start = offsets.filter((offset) => offset < length).at(-1);
      await expect(open).rejects.toThrow(`train.rec: truncated: the record at byte ${start} is cut off`);
    }
  });

  it("reports records that the index does not list, and refuses an index that lacks announced images", async () => {
    const own = recordFile(faces.slice(1, 4));
    const index = `0\t0\n2\t${own.offsets[2]}\n`;
    const dataset = await recordDataset(memorySource(own.bytes, "own.rec"), { index });
    expect([...dataset.labels]).toEqual([0, 1]);
    expect(dataset.passedOver).toEqual([
      { name: `own.rec, byte ${own.offsets[1]}`, reason: "record that the index does not list" },
    ]);
    const short = recordDataset(memorySource(bytes, "train.rec"), { index: `0\t0\n1\t${offsets[1]}\n` });
    await expect(short).rejects.toThrow("got 1 images, expected 3 as record 0 says; the index lacks 4 records: delete");
  });

  it("refuses more identities than labels can count", async () => {
    const huge = recordFile([{ labels: [2 ** 25], image: [1] }]);
    await expect(recordDataset(memorySource(huge.bytes, "own.rec"))).rejects.toThrow("expected a whole number up to");
    const one = recordFile([{ labels: [0], image: [1] }]);
    const property = "999999999,1,1";
    await expect(recordDataset(memorySource(one.bytes, "own.rec"), { property })).rejects.toThrow(
      "999999999 identities",
    );
  });

  it("refuses labels that are out of range or not whole", async () => {
    const open = (property?: string, labels = [1]) => {
      const file = recordFile([faces[1]!, { labels, image: [1] }]);
      return recordDataset(memorySource(file.bytes, "train.rec"), { property });
    };
    await expect(open("1,112,112")).rejects.toThrow("train.rec#1: got label 1, expected a whole number in [0, 1)");
    await expect(open("2,112,112", [0.5])).rejects.toThrow("train.rec#1: got label 0.5");
    await expect(open("2,112,112", [-1])).rejects.toThrow("train.rec#1: got label -1");
    await expect(open("none")).rejects.toThrow("property: expected text such as");
  });

  it("takes no record of an identity for an image, though the index lacks record 0", async () => {
    const lacking = index.replace("0\t0\n", "");
    const dataset = await recordDataset(memorySource(bytes, "train.rec"), { index: lacking });
    expect([dataset.identityCount, ...dataset.labels]).toEqual([2, 0, 0, 1]);
    expect(dataset.passedOver).toEqual([{ name: "train.rec, byte 0", reason: "record that the index does not list" }]);
    const strayed = recordFile([faces[1]!, faces[3]!, faces[5]!]);
    const { labels, passedOver } = await recordDataset(memorySource(strayed.bytes, "own.rec"));
    expect([...labels]).toEqual([0, 1]);
    expect(passedOver).toEqual([
      { name: `own.rec, byte ${strayed.offsets[2]}`, reason: "record of an identity, where none was announced" },
    ]);
  });

  it("refuses an index of another file", async () => {
    const open = (index: string) => recordDataset(memorySource(bytes, "train.rec"), { index });
    await expect(open(`${index}9\t12\n`)).rejects.toThrow("its index puts key 9 at byte 12, no record starts there");
    await expect(open("0 0\nx")).rejects.toThrow("index of train.rec, line 2: expected a key, a tab and an offset");
  });
});

describe("scanRecords", () => {
  it("gives the same records whatever the window, even one shorter than a record", async () => {
    const { bytes, offsets } = recordFile(faces);
    for (const windowBytes of [1, 7, 8, 33, 64, 1000]) {
      const starts: number[] = [];
      for await (const record of scanRecords(memorySource(bytes, "train.rec"), windowBytes)) starts.push(record.start);
      expect(starts).toEqual(offsets);
    }
  });
});

const shared = process.env.COSFACE_SHARED ?? "../shared";
describe.skipIf(!existsSync(join(shared, "faces/train.rec")))("a real training set", () => {
  it("has the numbers its README states", async () => {
    const dataset = await openDataset(join(shared, "faces"));
    expect(summarize(dataset)).toMatchObject({ identityCount: 318, sampleCount: 21232 });
    expect(summarize(dataset)).toMatchObject({ fewestPerIdentity: 11, mostPerIdentity: 90 });
    const { image, label, source } = await dataset.read(21231);
    expect([image.width, image.height, label, source]).toEqual([112, 112, 317, "train.rec#21232"]);
    await dataset.close();
  });
});
