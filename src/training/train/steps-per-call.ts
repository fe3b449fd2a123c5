/**
 * How many steps one call of the runtime makes. More of them share the cost of copying the state out; fewer give Ctrl-C
 * and the decoding of images, which wait while a call runs, their turn sooner.
 */
export class StepsPerCall {
  #millisecondsPerStep = Number.POSITIVE_INFINITY;

  /** As many as fit into a time that a person does not notice, at least one. */
  get count(): number {
    return Math.min(MOST_STEPS, Math.max(1, Math.floor(LONGEST_CALL / this.#millisecondsPerStep)));
  }

  /** Runs a call of `count` steps, and learns from it how long a step takes. */
  async time<T>(count: number, call: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await call();
    this.#millisecondsPerStep = (performance.now() - start) / count;
    return result;
  }
}

/** Milliseconds. */
const LONGEST_CALL = 2000;
/** Batches that are decoded ahead and held in memory. */
export const MOST_STEPS = 8;
