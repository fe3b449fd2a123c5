import { DatasetError, ImageError, random } from "../../base/core/index.ts";
import type { FaceDataset } from "../../base/data/index.ts";
import { fitToInput } from "../../base/image/index.ts";

/** A sample that is no picture: its index, where it comes from, and why it cannot be decoded. */
export type BrokenImage = { readonly index: number; readonly source: string; readonly reason: string };

/** Pixels at the size of a network's input, with their label. */
export type SamplePixels = { readonly pixels: Uint8Array; readonly label: number };

/** Draws for another sample before giving up: with half of a set broken, one slot in a million needs 20. */
const REPLACEMENT_DRAWS = 64;

/**
 * Decodes samples at the size of a network's input and keeps their pixels up to `cacheBytes`, so that later epochs
 * decode nothing. Once the memory is full nothing is exchanged: with every sample used once an epoch, the least
 * recently used one is the next to be wanted.
 */
export class SampleReader {
  readonly #dataset: FaceDataset;
  readonly #height: number;
  readonly #width: number;
  readonly #seed: number;
  readonly #capacity: number;
  readonly #cached = new Map<number, Uint8Array>();
  readonly #broken = new Map<number, BrokenImage>();

  constructor(
    dataset: FaceDataset,
    options: { readonly height: number; readonly width: number; readonly seed: number; readonly cacheBytes: number },
  ) {
    this.#dataset = dataset;
    this.#height = options.height;
    this.#width = options.width;
    this.#seed = options.seed;
    this.#capacity = Math.floor(options.cacheBytes / (3 * options.height * options.width));
  }

  /** Broken samples met so far, by index. */
  brokenImages(): BrokenImage[] {
    return [...this.#broken.values()].sort((a, b) => a.index - b.index);
  }

  /**
   * The sample `index`, or another one, drawn by the seed and the slot, where that is broken.
   * @throws {DatasetError} when so much is broken that no other is found.
   */
  async readForSlot(index: number, slot: number): Promise<SamplePixels> {
    const replacements = random(this.#seed, "replace", slot);
    let candidate = index;
    for (let draw = 0; draw <= REPLACEMENT_DRAWS; draw++) {
      const pixels = await this.#read(candidate);
      if (pixels !== undefined) return { pixels, label: this.#dataset.labels[candidate]! };
      candidate = replacements.integer(this.#dataset.sampleCount);
    }
    const count = this.#broken.size;
    throw new DatasetError(
      `data set: ${count} images met so far are broken, ${this.#dataset.source(index)} among them`,
    );
  }

  async #read(index: number): Promise<Uint8Array | undefined> {
    const cached = this.#cached.get(index);
    if (cached !== undefined) return cached;
    if (this.#broken.has(index)) return undefined;
    try {
      const { image } = await this.#dataset.read(index);
      const { data } = await fitToInput(image, this.#height, this.#width);
      if (this.#cached.size < this.#capacity) this.#cached.set(index, data);
      return data;
    } catch (cause) {
      if (!(cause instanceof ImageError)) throw cause;
      this.#broken.set(index, { index, source: this.#dataset.source(index), reason: cause.message });
      return undefined;
    }
  }
}
