import type { Tensors } from "../../compiler/runtime/index.ts";
import { at, floats } from "../losses/index.ts";

/** How many images of a batch are nearer to their own identity's center than to all others of the sample. */
export class SampleHits {
  /** Zero in all blocks but the one with the image's own identity. */
  readonly #own: Float64Array;
  readonly #others: Float64Array;

  constructor(batchSize: number) {
    this.#own = new Float64Array(batchSize);
    this.#others = new Float64Array(batchSize).fill(Number.NEGATIVE_INFINITY);
  }

  /** Adds a block's outputs, those of `hitOutputs`. */
  add(block: Tensors): void {
    const [own, others] = [floats(block, "targetCosine"), floats(block, "highestOtherCosine")];
    for (let i = 0; i < this.#own.length; i++) {
      this.#own[i] = at(this.#own, i) + at(own, i);
      this.#others[i] = Math.max(at(this.#others, i), at(others, i));
    }
  }

  /** Their share of the batch. */
  get share(): number {
    return this.#own.reduce((count, own, i) => count + Number(own > at(this.#others, i)), 0) / this.#own.length;
  }
}
