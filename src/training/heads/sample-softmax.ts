import type { Tensors } from "../../compiler/runtime/index.ts";

/** What blocks need for their gradients, and what the step reports. */
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
 * Puts the softmax of each sample together from what blocks of logits give, in f64. A sum of exponentials is kept with the
 * highest logit so far taken out of it, and scaled anew when a block brings a higher one.
 */
export class SampleSoftmax {
  readonly #batchSize: number;
  readonly #highest: Float64Array;
  /** Σ exp(z − highest) over all but the target. */
  readonly #others: Float64Array;
  readonly #target: Float64Array;
  readonly #targetCosine: Float64Array;
  readonly #highestOtherCosine: Float64Array;

  constructor(batchSize: number) {
    this.#batchSize = batchSize;
    this.#highest = new Float64Array(batchSize).fill(Number.NEGATIVE_INFINITY);
    this.#others = new Float64Array(batchSize);
    this.#target = new Float64Array(batchSize);
    this.#targetCosine = new Float64Array(batchSize);
    this.#highestOtherCosine = new Float64Array(batchSize).fill(Number.NEGATIVE_INFINITY);
  }

  /** Takes a block's outputs, those of `scoresGraph`. */
  add(block: Tensors): void {
    const output = (name: string) => block[name]!.data as Float32Array;
    const [highest, others, target] = [output("highest"), output("others"), output("target")];
    const [targetCosine, otherCosine] = [output("targetCosine"), output("highestOtherCosine")];
    for (let i = 0; i < this.#batchSize; i++) {
      const before = this.#highest[i]!;
      const now = Math.max(before, highest[i]!);
      this.#others[i] = this.#others[i]! * Math.exp(before - now) + others[i]! * Math.exp(highest[i]! - now);
      this.#highest[i] = now;
      // Zero in all blocks but the target's own.
      this.#target[i]! += target[i]!;
      this.#targetCosine[i]! += targetCosine[i]!;
      this.#highestOtherCosine[i] = Math.max(this.#highestOtherCosine[i]!, otherCosine[i]!);
    }
  }

  finish(): SoftmaxOfSample {
    const logSum = new Float32Array(this.#batchSize);
    const missing = new Float32Array(this.#batchSize);
    let [loss, hitCount] = [0, 0];
    for (let i = 0; i < this.#batchSize; i++) {
      const below = this.#highest[i]! - this.#target[i]!;
      const sum = this.#others[i]! + Math.exp(-below);
      const q = this.#others[i]! / sum;
      // −log p by whichever of its forms keeps its digits: p is nearly 1 in the first, nearly 0 in the second.
      loss += q < 0.5 ? -Math.log1p(-q) : below + Math.log(sum);
      if (this.#targetCosine[i]! > this.#highestOtherCosine[i]!) hitCount++;
      logSum[i] = this.#highest[i]! + Math.log(sum * this.#batchSize);
      missing[i] = q / this.#batchSize;
    }
    return { loss: loss / this.#batchSize, accuracy: hitCount / this.#batchSize, logSum, missing };
  }
}
