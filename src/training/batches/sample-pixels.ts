import { DatasetError, ImageError, random } from "../../base/core/index.ts";
import type { FaceDataset } from "../../base/data/index.ts";
import { fitToInput } from "../../base/image/index.ts";

/** A sample that cannot be decoded: its index, its source, and the reason. */
export type BrokenImage = { readonly index: number; readonly source: string; readonly reason: string };

/** Pixels at the size of a network's input, with their label. */
export type SamplePixels = { readonly pixels: Uint8Array; readonly label: number };

/** Most draws of a replacement: if half of a set is unreadable, one slot in a million needs 20. */
const REPLACEMENT_DRAWS = 64;

/**
 * Decodes samples at the size of a network's input and caches their pixels up to `cacheBytes`, so that later epochs
 * need not decode them. A full cache is not exchanged: every sample is used once per epoch, so the least recently used
 * sample is the one needed next.
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

  /** Unreadable samples found so far, by index. */
  brokenImages(): BrokenImage[] {
    return [...this.#broken.values()].sort((a, b) => a.index - b.index);
  }

  /**
   * The sample `index`; if it is unreadable, another one, drawn by the seed and the slot.
   *
   * @throws {DatasetError} when too many samples are unreadable to find another one.
   */
  async readForSlot(index: number, slot: number): Promise<SamplePixels> {
    const replacements = random(this.#seed, "replace", slot);
    let candidate = index;
    for (let draw = 0; draw <= REPLACEMENT_DRAWS; draw++) {
      const pixels = await this.#read(candidate);
      const label = this.#dataset.labels[candidate];
      if (pixels !== undefined && label !== undefined) return { pixels, label };
      candidate = replacements.integer(this.#dataset.sampleCount);
    }
    const count = this.#broken.size;
    throw new DatasetError(
      `data set: ${count} of the images read so far are unreadable, among them ${this.#dataset.source(index)}: check the files`,
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
      const source = this.#dataset.source(index);
      this.#broken.set(index, { index, source, reason: cause.message.replace(`${source}: `, "") });
      return undefined;
    }
  }
}
