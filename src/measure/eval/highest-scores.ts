/** A probe, a gallery row, and their cosine in f32. */
export type ScoredPair = { readonly probe: number; readonly row: number; readonly score: number };

/** A group of pairs of one probe, and the highest of its scores within the error. */
type Candidate = { readonly maximum: number; readonly probe: number; readonly group: number };

/** Fewest candidates to collect before the low ones are dropped: dropping sorts, so it should be rare. */
const LEAST_CANDIDATES = 64;

/**
 * Keeps the highest scores of groups of pairs when only the highest score of a group is known at first, and only within
 * an error. A group is dropped when enough others are certainly higher. The groups left at the end are few more than
 * wanted and are scored exactly.
 *
 * Where very many groups tie within the error, as with a collapsed network, groups are scored earlier, so that memory
 * stays bounded.
 */
export class HighestScores {
  readonly #wanted: number;
  readonly #capacity: number;
  readonly #error: number;
  readonly #scoreGroup: (probe: number, group: number) => readonly ScoredPair[];
  #candidates: Candidate[] = [];
  /** Pairs scored exactly, highest first. */
  #scored: ScoredPair[] = [];
  #floor: number;

  /**
   * @param wanted scores to keep.
   * @param error largest difference between a group's maximum and its highest exact score.
   * @param scoreGroup scores the pairs of a group exactly.
   */
  constructor(wanted: number, error: number, scoreGroup: (probe: number, group: number) => readonly ScoredPair[]) {
    this.#wanted = wanted;
    this.#capacity = wanted === 0 ? 0 : Math.max(4 * wanted, LEAST_CANDIDATES);
    this.#error = error;
    this.#scoreGroup = scoreGroup;
    this.#floor = wanted === 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  /** A group with a lower maximum cannot change the result. */
  get floor(): number {
    return this.#floor;
  }

  /** Adds a group of pairs of one probe, with its highest score within the error. */
  offer(maximum: number, probe: number, group: number): void {
    if (maximum < this.#floor) return;
    if (this.#candidates.length === this.#capacity) this.#thin();
    this.#candidates.push({ maximum, probe, group });
  }

  /** The highest scores, falling; of equal ones the lower probe first, then the lower row. */
  finish(): readonly ScoredPair[] {
    this.#dropLow();
    this.#score();
    return this.#scored;
  }

  #thin(): void {
    this.#dropLow();
    if (2 * this.#candidates.length > this.#capacity) this.#score();
  }

  /**
   * Each group has at least one score near its maximum, so the wanted-th highest maximum bounds the wanted-th score.
   */
  #dropLow(): void {
    const maxima = Float32Array.from(this.#candidates, ({ maximum }) => maximum).sort();
    const last = this.#wanted > 0 && maxima.length > this.#wanted ? maxima.at(-this.#wanted) : undefined;
    if (last === undefined) return;
    const floor = Math.max(this.#floor, last - 2 * this.#error);
    this.#floor = floor;
    this.#candidates = this.#candidates.filter(({ maximum }) => !(maximum < floor));
  }

  #score(): void {
    const exact = this.#candidates.flatMap(({ probe, group }) => this.#scoreGroup(probe, group));
    const scored = [...this.#scored, ...exact.filter(({ score }) => score >= this.#floor)];
    this.#candidates = [];
    scored.sort((a, b) => b.score - a.score || a.probe - b.probe || a.row - b.row);
    this.#scored = scored.slice(0, this.#wanted);
    const last = this.#scored[this.#wanted - 1];
    if (last !== undefined) this.#floor = Math.max(this.#floor, last.score - this.#error);
  }
}
