import { random, requireFields, requireInteger, requireObject } from "../../base/core/index.ts";
import { type FaceDataset, requireTrainable } from "../../base/data/index.ts";
import { type Augmentation, augmenter } from "./augment.ts";
import { balancedOrder, requireGroupSize } from "./balanced-order.ts";
import { sampleOrder } from "./sample-order.ts";
import { type BrokenImage, SampleReader } from "./sample-pixels.ts";

/** Images and labels for one iteration. */
export type TrainingBatch = {
  /** u8[batch, height, width, 3], RGB interleaved. */
  readonly images: Uint8Array;
  /** i32[batch], each in [0, identityCount). */
  readonly labels: Int32Array;
  /** Epoch of the first image, from 0. */
  readonly epoch: number;
  /** From 0. */
  readonly iteration: number;
};

/** Size, order, augmentation and start of the batches of a data set. */
export type BatchOptions = {
  readonly batchSize: number;
  /** Height of the network's input in pixels. */
  readonly height: number;
  /** Width of the network's input in pixels. */
  readonly width: number;
  readonly seed: number;
  /** First iteration, for resumed training; default 0. */
  readonly startIteration?: number;
  /**
   * P×K sampling for losses that compare samples: number of identities in a batch, each with the same number of
   * images; must divide `batchSize`. All identities then occur equally often. Default: each image once per epoch.
   */
  readonly identitiesPerBatch?: number;
  /** Default: only horizontal flips. */
  readonly augmentation?: Augmentation;
  /** Memory for decoded pixels in bytes; default 2 GiB, which holds 66,000 images of 112×96. */
  readonly cacheBytes?: number;
  /** Number of batches to prepare ahead of the current one; default 2. */
  readonly prefetch?: number;
};

/** Endless batches. Leaving the loop, or calling `return`, stops the preparation of further batches. */
export interface TrainingBatches extends AsyncGenerator<TrainingBatch, void, void> {
  /** Unreadable samples found so far, by index; other samples replaced them. */
  brokenImages(): BrokenImage[];
}

const DEFAULT_CACHE_BYTES = 2 * 2 ** 30;

/**
 * Endless shuffled, augmented batches. Every sample is used once per epoch and none is dropped, so a batch may contain
 * the last images of one epoch and the first of the next. With `identitiesPerBatch` an epoch has the same number of
 * images, but an image may occur several times or not at all.
 *
 * Batch k depends only on the data set, the options, the seed and k, bit for bit: resuming at `startIteration`
 * continues the same sequence, and neither the order of decoding nor the cache has an influence.
 *
 * Images are decoded while the network trains, on the worker threads of the image codec, and `prefetch` batches are
 * kept ready. Flips and other augmentation run on the main thread between steps.
 *
 * @throws {DatasetError} immediately for a set that cannot train a network; later when nearly all images are
 *   unreadable.
 * @throws {OptionError} for an option outside its range.
 */
export function trainingBatches(dataset: FaceDataset, options: BatchOptions): TrainingBatches {
  requireFields("data set", dataset, { sampleCount: "a number", labels: "a list", read: "a function" });
  requireObject("options of batches", options);
  const { batchSize, height, width, seed, startIteration = 0, prefetch = 2, identitiesPerBatch } = options;
  const { augmentation = {}, cacheBytes = DEFAULT_CACHE_BYTES } = options;
  requireInteger("batch size", batchSize, 1);
  requireInteger("height", height, 1);
  requireInteger("width", width, 1);
  requireInteger("start iteration", startIteration, 0);
  requireInteger("prefetch", prefetch, 0);
  requireInteger("cache bytes", cacheBytes, 0);
  requireTrainable(dataset);

  const reader = new SampleReader(dataset, { height, width, seed, cacheBytes });
  const { labels: allLabels, identityCount, sampleCount } = dataset;
  const sampleAt =
    identitiesPerBatch === undefined
      ? sampleOrder(sampleCount, seed)
      : balancedOrder(allLabels, identityCount, requireGroupSize(batchSize, identitiesPerBatch), seed);
  const augment = augmenter(augmentation, width, height);
  const imageBytes = 3 * height * width;

  async function prepare(iteration: number): Promise<TrainingBatch> {
    const images = new Uint8Array(batchSize * imageBytes);
    const labels = new Int32Array(batchSize);
    const firstSlot = iteration * batchSize;
    const fill = async (index: number): Promise<void> => {
      const slot = firstSlot + index;
      const { pixels, label } = await reader.readForSlot(sampleAt(slot), slot);
      labels[index] = label;
      const target = images.subarray(index * imageBytes, (index + 1) * imageBytes);
      augment(pixels, target, random(seed, "augment", slot));
    };
    await Promise.all(Array.from({ length: batchSize }, (_, index) => fill(index)));
    return { images, labels, epoch: Math.floor(firstSlot / sampleCount), iteration };
  }

  async function* batches(): AsyncGenerator<TrainingBatch, void, void> {
    const ahead = new Map<number, Promise<TrainingBatch>>();
    const batchOf = (iteration: number): Promise<TrainingBatch> => {
      const batch = ahead.get(iteration) ?? prepare(iteration);
      // A failure is reported when the batch is due; until then it must not count as unhandled.
      batch.catch(() => {});
      ahead.set(iteration, batch);
      return batch;
    };
    try {
      for (let iteration = startIteration; ; iteration++) {
        const batch = batchOf(iteration);
        for (let next = 1; next <= prefetch; next++) batchOf(iteration + next);
        ahead.delete(iteration);
        yield await batch;
      }
    } finally {
      // The caller may close the data set after the loop, so all reads must have ended.
      await Promise.allSettled(ahead.values());
    }
  }

  return Object.assign(batches(), { brokenImages: () => reader.brokenImages() });
}
