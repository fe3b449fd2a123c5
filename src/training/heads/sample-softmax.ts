import type { Tensors } from "../../compiler/runtime/index.ts";
import { at, floats } from "../losses/index.ts";
import { SampleHits } from "./sample-hits.ts";

/** The softmax of a sample of the identities: what the blocks need for their gradients, and the step's results. */
export type SoftmaxOfSample = {
  /** Mean over the batch of −log p. */
  readonly loss: number;
  readonly accuracy: number;
  /** f32[batch]: ln Σ exp z + ln batch. */
  readonly logSum: Float32Array;
  /** f32[batch]: q / batch, with q = 1 − p. */
  readonly missing: Float32Array;
};

/**
 * Combines the blocks' logits into the softmax of each image, in f64. A sum of exponentials is kept relative to the
 * highest logit so far, and scaled anew when a block brings a higher one.
 */
export class SampleSoftmax {
  readonly #rows: Row[];
  readonly #hits: SampleHits;

  constructor(batchSize: number) {
    this.#hits = new SampleHits(batchSize);
    this.#rows = Array.from({ length: batchSize }, () => ({
      highest: Number.NEGATIVE_INFINITY,
      others: 0,
      target: 0,
    }));
  }

  /** Adds a block's outputs, those of `scoresGraph`. */
  add(block: Tensors): void {
    const [highest, others, target] = [floats(block, "highest"), floats(block, "others"), floats(block, "target")];
    this.#hits.add(block);
    for (const [i, row] of this.#rows.entries()) {
      const before = row.highest;
      const now = Math.max(before, at(highest, i));
      row.others = row.others * Math.exp(before - now) + at(others, i) * Math.exp(at(highest, i) - now);
      row.highest = now;
      // Zero in all blocks but the one with the image's own identity.
      row.target += at(target, i);
    }
  }

  /** The softmax of all blocks that were added. */
  finish(): SoftmaxOfSample {
    const batchSize = this.#rows.length;
    const logSum = new Float32Array(batchSize);
    const missing = new Float32Array(batchSize);
    let loss = 0;
    for (const [i, { highest, others, target }] of this.#rows.entries()) {
      const below = highest - target;
      const sum = others + Math.exp(-below);
      const q = others / sum;
      // −log p in the form that keeps its digits: p is nearly 1 in the first, nearly 0 in the second.
      loss += q < 0.5 ? -Math.log1p(-q) : below + Math.log(sum);
      logSum[i] = highest + Math.log(sum * batchSize);
      missing[i] = q / batchSize;
    }
    return { loss: loss / batchSize, accuracy: this.#hits.share, logSum, missing };
  }
}

/** The sums of one image so far. `others` is Σ exp(z − highest) over all identities but its own. */
type Row = {
  highest: number;
  others: number;
  target: number;
};
