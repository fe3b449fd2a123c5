import { OptionError, random } from "../../base/core/index.ts";

/**
 * Draws the identities whose centers take part in a step: all of a batch, and others at random until the sample is
 * full.
 *
 * The cost of a draw grows with the sample, not with the number of identities: numbers are drawn until enough of them
 * are new; for a sample of more than half of all identities, the others are drawn instead. A bit for each identity
 * marks those drawn.
 */
export class IdentitySampler {
  readonly #identityCount: number;
  readonly #seed: number;
  readonly #sample: Uint32Array;
  readonly #marks: Uint8Array;

  /** @param sampleSize at least the images of a batch, at most `identityCount`. */
  constructor(identityCount: number, sampleSize: number, seed: number) {
    this.#identityCount = identityCount;
    this.#seed = seed;
    this.#sample = new Uint32Array(sampleSize);
    this.#marks = new Uint8Array(Math.ceil(identityCount / 8));
  }

  /**
   * The sample of a step in rising order, a function of seed, step and labels alone; valid until the next draw.
   *
   * @throws {OptionError} for a label outside [0, identities).
   */
  draw(labels: Int32Array, stepNumber: number): Uint32Array {
    const count = this.#identityCount;
    const sample = this.#sample;
    const stream = random(this.#seed, "sample", stepNumber);
    let drawn = 0;
    const take = (identity: number) => {
      if (this.#mark(identity)) sample[drawn++] = identity;
    };
    for (const label of labels) {
      if (!(label >= 0 && label < count)) {
        throw new OptionError(`sampled head: got label ${label}, expected a whole number in [0, ${count})`);
      }
      take(label);
    }
    if (2 * sample.length <= count) {
      while (drawn < sample.length) take(stream.integer(count));
      for (const identity of sample) this.#unmark(identity);
    } else {
      const positives = sample.slice(0, drawn);
      const leftOut = new Uint32Array(count - sample.length);
      for (let i = 0; i < leftOut.length; ) {
        const identity = stream.integer(count);
        if (this.#mark(identity)) leftOut[i++] = identity;
      }
      for (const identity of positives) this.#unmark(identity);
      for (let identity = 0, i = 0; identity < count; identity++) {
        if (!this.#isMarked(identity)) sample[i++] = identity;
      }
      for (const identity of leftOut) this.#unmark(identity);
    }
    return sample.sort();
  }

  /** Marks an identity; returns false when it was marked already. */
  #mark(identity: number): boolean {
    if (this.#isMarked(identity)) return false;
    this.#marks[identity >> 3]! |= 1 << (identity & 7);
    return true;
  }

  #unmark(identity: number): void {
    this.#marks[identity >> 3]! &= ~(1 << (identity & 7));
  }

  #isMarked(identity: number): boolean {
    return (this.#marks[identity >> 3]! & (1 << (identity & 7))) !== 0;
  }
}
