/** A probe, a gallery row, and their cosine in f32. */
export type ScoredPair = { readonly probe: number; readonly row: number; readonly score: number };

/** Candidates to hold beyond those wanted: each thinning sorts, so it should be rare. */
const LEAST_SLACK = 64;

/**
 * Keeps the highest scores of groups of pairs, of which only a group's highest is known at first, and that within an error.
 * A group is dropped when so many others are surely higher; those left at the end, few more than are wanted, are scored.
 *
 * Where very many groups tie within the error, as those of a collapsed network do, they are scored on the way instead, so
 * that memory stays bounded.
 */
export class HighestScores {
  readonly #wanted: number;
  readonly #error: number;
  readonly #scoreGroup: (probe: number, group: number) => readonly ScoredPair[];
  readonly #maxima: Float32Array;
  readonly #probes: Uint32Array;
  readonly #groups: Uint32Array;
  #count = 0;
  /** Scored, highest first. */
  #scored: ScoredPair[] = [];
  #floor: number;

  constructor(wanted: number, error: number, scoreGroup: (probe: number, group: number) => readonly ScoredPair[]) {
    this.#wanted = wanted;
    this.#error = error;
    this.#scoreGroup = scoreGroup;
    this.#floor = wanted === 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    const capacity = wanted === 0 ? 0 : Math.max(4 * wanted, LEAST_SLACK);
    this.#maxima = new Float32Array(capacity);
    this.#probes = new Uint32Array(capacity);
    this.#groups = new Uint32Array(capacity);
  }

  /** A group whose highest score seems lower is not needed. */
  get floor(): number {
    return this.#floor;
  }

  /** Takes a group of pairs of one probe, and its highest score within the error. */
  offer(maximum: number, probe: number, group: number): void {
    if (maximum < this.#floor) return;
    if (this.#count === this.#maxima.length) this.#thin();
    this.#maxima[this.#count] = maximum;
    this.#probes[this.#count] = probe;
    this.#groups[this.#count++] = group;
  }

  /** The highest scores, falling; of equal ones the lower probe first, then the lower row. */
  finish(): readonly ScoredPair[] {
    this.#dropLow();
    this.#score();
    return this.#scored;
  }

  #thin(): void {
    this.#dropLow();
    if (2 * this.#count > this.#maxima.length) this.#score();
  }

  /** Each group has a score of its own, so as many scores as are wanted reach the wanted-th highest maximum less the error. */
  #dropLow(): void {
    if (this.#count <= this.#wanted) return;
    const rising = this.#maxima.slice(0, this.#count).sort();
    this.#floor = Math.max(this.#floor, rising[this.#count - this.#wanted]! - 2 * this.#error);
    let kept = 0;
    for (let i = 0; i < this.#count; i++) {
      if (this.#maxima[i]! < this.#floor) continue;
      this.#maxima[kept] = this.#maxima[i]!;
      this.#probes[kept] = this.#probes[i]!;
      this.#groups[kept++] = this.#groups[i]!;
    }
    this.#count = kept;
  }

  #score(): void {
    const scored = [...this.#scored];
    for (let i = 0; i < this.#count; i++) {
      for (const pair of this.#scoreGroup(this.#probes[i]!, this.#groups[i]!)) {
        if (pair.score >= this.#floor) scored.push(pair);
      }
    }
    this.#count = 0;
    scored.sort((a, b) => b.score - a.score || a.probe - b.probe || a.row - b.row);
    this.#scored = scored.slice(0, this.#wanted);
    const last = this.#scored[this.#wanted - 1];
    if (last !== undefined) this.#floor = Math.max(this.#floor, last.score - this.#error);
  }
}
