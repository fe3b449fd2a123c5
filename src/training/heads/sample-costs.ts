import type { Tensors } from "../../compiler/runtime/index.ts";
import { floats } from "../losses/index.ts";
import { SampleHits } from "./sample-hits.ts";

/** Adds up the costs of a batch over the blocks, in f64. */
export class SampleCosts {
  readonly #batchSize: number;
  readonly #hits: SampleHits;
  #sum = 0;

  constructor(batchSize: number) {
    this.#batchSize = batchSize;
    this.#hits = new SampleHits(batchSize);
  }

  /** Adds a block's outputs: `cost` f32[batch, 1], and those of `hitOutputs`. */
  add(block: Tensors): void {
    this.#hits.add(block);
    for (const cost of floats(block, "cost")) this.#sum += cost;
  }

  /** The results of a step. */
  finish(): { readonly loss: number; readonly accuracy: number } {
    return { loss: this.#sum / this.#batchSize, accuracy: this.#hits.share };
  }
}
