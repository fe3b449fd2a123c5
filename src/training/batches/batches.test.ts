import { describe, expect, it } from "vitest";
import { DatasetError, ImageError, OptionError } from "../../base/core/index.ts";
import type { FaceDataset } from "../../base/data/index.ts";
import { type BatchOptions, type TrainingBatch, trainingBatches } from "./index.ts";

const COUNT = 23;

/** Flat 4 × 4 images whose level is 10 times their index; identity = index mod 3. Reads finish out of order. */
function flatFaces({ broken = [] as number[], count = COUNT } = {}) {
  const labels = Uint32Array.from({ length: count }, (_, i) => i % 3);
  const reads = { started: 0, underWay: 0, most: 0 };
  const dataset: FaceDataset = {
    identityCount: 3,
    sampleCount: count,
    labels,
    source: (index) => `flat#${index}`,
    async read(index) {
      reads.started++;
      reads.underWay++;
      await new Promise((resolve) => setTimeout(resolve, (index * 7) % 5));
      reads.underWay--;
      if (broken.includes(index)) throw new ImageError("jpeg: cannot be decoded");
      const image = { width: 4, height: 4, data: new Uint8Array(48).fill(10 * index) };
      return { image, label: labels[index]!, source: `flat#${index}` };
    },
    readBytes: async () => new Uint8Array(0),
    close: async () => {},
    async *[Symbol.asyncIterator]() {},
  };
  return { dataset, reads };
}

const options: BatchOptions = { batchSize: 5, height: 4, width: 4, seed: 11 };

async function take(dataset: FaceDataset, count: number, more: Partial<BatchOptions> = {}): Promise<TrainingBatch[]> {
  const taken: TrainingBatch[] = [];
  for await (const batch of trainingBatches(dataset, { ...options, ...more })) {
    taken.push(batch);
    if (taken.length === count) break;
  }
  return taken;
}

/** Indices of the samples in a batch, from their level. */
function indices({ images, labels }: TrainingBatch): number[] {
  return Array.from(labels, (_, i) => images[48 * i]! / 10);
}

describe("trainingBatches", () => {
  it("uses every sample once an epoch, across the border of epochs, in a new order each", async () => {
    const batches = await take(flatFaces().dataset, 10);
    const order = batches.flatMap(indices);
    const [first, second] = [order.slice(0, COUNT), order.slice(COUNT, 2 * COUNT)];
    const all = Array.from({ length: COUNT }, (_, i) => i);
    expect(first.toSorted((a, b) => a - b)).toEqual(all);
    expect(second.toSorted((a, b) => a - b)).toEqual(all);
    expect(first).not.toEqual(second);
    expect(first).not.toEqual(all);
    expect(batches.map(({ epoch }) => epoch)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    expect(batches.map(({ iteration }) => iteration)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const batch of batches) expect([...batch.labels]).toEqual(indices(batch).map((index) => index % 3));
  });

  const augmentation = { flip: 0.5, color: { brightness: 0.4 }, erase: { probability: 0.5 } };

  it("gives the same batches for a seed whatever the prefetch and the cache, and others for another seed", async () => {
    const wanted = await take(flatFaces().dataset, 8, { augmentation });
    for (const more of [{ prefetch: 0 }, { prefetch: 5 }, { cacheBytes: 0 }, { cacheBytes: 48 * 7 }]) {
      expect(await take(flatFaces().dataset, 8, { augmentation, ...more })).toEqual(wanted);
    }
    expect(await take(flatFaces().dataset, 8, { augmentation, seed: 12 })).not.toEqual(wanted);
  });

  it("goes on at any iteration with the batches that would have come, broken images included", async () => {
    const broken = [2, 3, 19];
    const wanted = await take(flatFaces({ broken }).dataset, 12, { augmentation });
    for (const startIteration of [1, 4, 7, 11]) {
      const resumed = await take(flatFaces({ broken }).dataset, 12 - startIteration, { augmentation, startIteration });
      expect(resumed).toEqual(wanted.slice(startIteration));
    }
  });

  it("replaces unreadable samples by others with their labels, and lists each once", async () => {
    const { dataset } = flatFaces({ broken: [2, 19] });
    const batches = trainingBatches(dataset, options);
    const order: number[] = [];
    for await (const batch of batches) {
      order.push(...indices(batch));
      expect([...batch.labels]).toEqual(indices(batch).map((index) => index % 3));
      if (order.length >= 3 * COUNT) break;
    }
    expect(order).not.toContain(2);
    expect(order).not.toContain(19);
    const reason = "jpeg: cannot be decoded";
    expect(batches.brokenImages()).toEqual([
      { index: 2, source: "flat#2", reason },
      { index: 19, source: "flat#19", reason },
    ]);
  });

  it("gives up when everything is broken", async () => {
    const { dataset } = flatFaces({ broken: Array.from({ length: COUNT }, (_, i) => i) });
    await expect(take(dataset, 1)).rejects.toThrow(DatasetError);
  });

  it("passes other failures on, at the batch they belong to", async () => {
    const { dataset } = flatFaces();
    const failing = { ...dataset, read: () => Promise.reject(new Error("disk gone")) };
    await expect(take(failing, 1)).rejects.toThrow("disk gone");
  });

  it("decodes a sample once with memory for all, and every time without memory", async () => {
    const kept = flatFaces({ count: 20 });
    await take(kept.dataset, 12, { prefetch: 0 });
    expect(kept.reads.started).toBe(20);
    const unkept = flatFaces({ count: 20 });
    await take(unkept.dataset, 8, { cacheBytes: 0, prefetch: 0 });
    expect(unkept.reads.started).toBe(40);
  });

  it("works ahead by the prefetch, and has nothing under way after the loop is left", async () => {
    const { dataset, reads } = flatFaces();
    const batches = trainingBatches(dataset, { ...options, prefetch: 2 });
    await batches.next();
    expect(reads.started).toBe(15);
    await batches.return();
    expect(reads.underWay).toBe(0);
    expect((await batches.next()).done).toBe(true);
  });

  it("crops 112×112 to 112×96 for a network of that size", async () => {
    const { dataset } = flatFaces();
    const data = Uint8Array.from({ length: 3 * 112 * 112 }, (_, i) => Math.floor(i / 3) % 112);
    const wide = { ...dataset, read: async () => ({ image: { width: 112, height: 112, data }, label: 0, source: "" }) };
    const [batch] = await take(wide, 1, { batchSize: 1, height: 112, width: 96, augmentation: { flip: 0 } });
    expect(batch!.images).toHaveLength(3 * 112 * 96);
    expect([batch!.images[0], batch!.images[3 * 95]]).toEqual([8, 103]);
  });

  it("refuses sets and options that do not work, at once", () => {
    const { dataset } = flatFaces();
    expect(() => trainingBatches({ ...dataset, identityCount: 2 }, options)).toThrow(
      "flat#2: got label 2, expected [0, 2)",
    );
    expect(() => trainingBatches(dataset, { ...options, batchSize: 0 })).toThrow(OptionError);
    expect(() => trainingBatches(dataset, { ...options, startIteration: -1 })).toThrow(OptionError);
  });
});
