import { random, requireInteger } from "../../base/core/index.ts";
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

/** How a data set is cut into batches: their size, order, augmentation and where to begin. */
export type BatchOptions = {
  readonly batchSize: number;
  /** Of the network's input, in pixels. */
  readonly height: number;
  readonly width: number;
  readonly seed: number;
  /** Iteration to start at, for training that is resumed; default 0. */
  readonly startIteration?: number;
  /**
   * Identities in a batch, each with as many images, for losses that compare samples; divides `batchSize`. Identities
   * then come equally often. Default: images as they come, each once an epoch.
   */
  readonly identitiesPerBatch?: number;
  /** Default: horizontal flips alone. */
  readonly augmentation?: Augmentation;
  /** Memory for decoded pixels; default 2 GiB: 66,000 images of 112×96. */
  readonly cacheBytes?: number;
  /** Batches prepared ahead of the one in use; default 2. */
  readonly prefetch?: number;
};

/** Endless batches. Leaving the loop, or calling `return`, stops the work on those ahead. */
export interface TrainingBatches extends AsyncGenerator<TrainingBatch, void, void> {
  /** Samples met so far that are no pictures, by index; others were trained on in their place. */
  brokenImages(): BrokenImage[];
}

const DEFAULT_CACHE_BYTES = 2 * 2 ** 30;

/**
 * Shuffled, augmented batches without end. Epochs follow each other without a seam: every sample is used once an
 * epoch, none is dropped, and a batch may hold the last images of one epoch and the first of the next. With
 * `identitiesPerBatch` an epoch is as many images, but not each of them once.
 *
 * Batch k depends on the data set, the options, the seed and k alone, bit for bit: resuming at `startIteration` gives
 * what would have come there, and neither the order in which images are decoded nor the cache plays a part.
 *
 * Decoding goes on while the network trains: libvips decodes on libuv's worker threads, which sharp awaits, and
 * `prefetch` batches are kept ready. Flips and other augmentation run on the main thread, which ONNX Runtime leaves
 * free during a step.
 *
 * @throws {DatasetError} at once for a set that no network can be trained on; later when nearly all images are broken.
 * @throws {OptionError} for an option outside its range.
 */
export function trainingBatches(dataset: FaceDataset, options: BatchOptions): TrainingBatches {
  const { batchSize, height, width, seed, startIteration = 0, prefetch = 2, identitiesPerBatch } = options;
  const { augmentation = {}, cacheBytes = DEFAULT_CACHE_BYTES } = options;
  requireInteger("trainingBatches: batchSize", batchSize, 1);
  requireInteger("trainingBatches: height", height, 1);
  requireInteger("trainingBatches: width", width, 1);
  requireInteger("trainingBatches: startIteration", startIteration, 0);
  requireInteger("trainingBatches: prefetch", prefetch, 0);
  requireInteger("trainingBatches: cacheBytes", cacheBytes, 0);
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
    const fill = async (place: number): Promise<void> => {
      const slot = firstSlot + place;
      const { pixels, label } = await reader.readForSlot(sampleAt(slot), slot);
      labels[place] = label;
      const target = images.subarray(place * imageBytes, (place + 1) * imageBytes);
      augment(pixels, target, random(seed, "augment", slot));
    };
    await Promise.all(Array.from({ length: batchSize }, (_, place) => fill(place)));
    return { images, labels, epoch: Math.floor(firstSlot / sampleCount), iteration };
  }

  async function* batches(): AsyncGenerator<TrainingBatch, void, void> {
    const ahead: Promise<TrainingBatch>[] = [];
    try {
      for (let iteration = startIteration; ; iteration++) {
        while (ahead.length <= prefetch) {
          const batch = prepare(iteration + ahead.length);
          // Reported when its turn comes; until then a failure must not count as unhandled.
          batch.catch(() => {});
          ahead.push(batch);
        }
        yield await ahead.shift()!;
      }
    } finally {
      // The data set may be closed once the loop is left: no read may still be under way.
      await Promise.allSettled(ahead);
    }
  }

  return Object.assign(batches(), { brokenImages: () => reader.brokenImages() });
}
