/** Keeps the largest of very many scores: they are sorted now and then, and those too low are dropped. */
export class LargestScores {
  readonly #wanted: number;
  #scores: Float32Array;
  #count = 0;
  #floor = Number.NEGATIVE_INFINITY;

  /** @param wanted scores to keep. */
  constructor(wanted: number) {
    this.#wanted = wanted;
    this.#scores = new Float32Array(wanted + Math.max(1024, wanted));
  }

  add(score: number): void {
    if (score <= this.#floor) return;
    if (this.#count === this.#scores.length) this.#drop();
    this.#scores[this.#count++] = score;
  }

  /** The largest scores in falling order: as many as wanted, or all. */
  falling(): Float32Array {
    return this.#scores.slice(0, this.#count).sort().reverse().slice(0, this.#wanted);
  }

  #drop(): void {
    const kept = this.falling();
    this.#scores.set(kept);
    this.#count = kept.length;
    // A score equal to the lowest one kept would change nothing.
    this.#floor = kept.at(-1) ?? Number.POSITIVE_INFINITY;
  }
}
