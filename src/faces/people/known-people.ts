/**
 * Identification, 1:N, in an open set: a probe may show someone who is not enrolled, and "unknown" is an answer.
 *
 * Each person is known by several templates: one a photograph, since people look different in different years and
 * lights, and their mean, which averages the accidents of single photographs away. A person's score is that of the
 * nearest of them. Negatives are photographs of others that were once taken for this person: a probe that is at least as
 * near to one of them as to the person is not the person, however high the score.
 */
import { OptionError, requireInteger } from "../../base/core/index.ts";
import { dotProduct, type Embeddings, normalizeEmbeddings, poolTemplates } from "../../measure/eval/index.ts";

/** Someone to be recognized. */
export type KnownPerson = {
  readonly name: string;
  /** One row a photograph; at least one. */
  readonly templates: Embeddings;
  /** One row for each face that looks like this person and is not. */
  readonly negatives?: Embeddings;
};

/** A person that a probe is like. */
export type PersonMatch = {
  readonly name: string;
  /** Cosine with the person's nearest template, in [−1, 1]. */
  readonly score: number;
  /** Row of that template, or "mean". */
  readonly template: number | "mean";
};

/** Who a probe is. */
export type PersonIdentification = {
  /** Name of the best match, or null: nobody known. */
  readonly name: string | null;
  /** Those who score at least the threshold and are not excluded by a negative, best first, at most the limit. */
  readonly matches: readonly PersonMatch[];
  /** Score of the nearest person whatever the threshold and negatives say; −1 when nobody is known. */
  readonly nearestScore: number;
};

/** How a probe is identified. */
export type IdentifyOptions = {
  /** Lowest score that is an answer, a cosine: see `thresholdFor` and `expectedFpir`. */
  readonly threshold: number;
  /** Most people in the answer, default 5. */
  readonly limit?: number;
};

/** How often the people of a gallery would be taken for one another, each searched for in the gallery without them. */
export type StrangerSearches = {
  /** Searches that ended with someone else. */
  readonly falsePositiveCount: number;
  /** Searches made: one a photograph. */
  readonly searchCount: number;
};

type Enrolled = {
  readonly name: string;
  readonly count: number;
  readonly rows: Float32Array;
  readonly negatives: Float32Array;
};

/** People to search among; built once, then asked as often as one likes. */
export class KnownPeople {
  readonly size: number;
  /** Templates of all people, means included: what a probe is compared with. */
  readonly templateCount: number;
  readonly #people: readonly Enrolled[];

  /**
   * @param size numbers in an embedding.
   * @throws {OptionError} when two people have one name, someone has no template, or sizes differ.
   */
  constructor(people: readonly KnownPerson[], size: number) {
    requireInteger("knownPeople: size", size, 1);
    this.size = size;
    const names = new Set<string>();
    this.#people = people.map(({ name, templates, negatives }, index) => {
      if (names.has(name)) throw new OptionError(`knownPeople: person ${index} has the name of another: join the two`);
      names.add(name);
      if (templates.count === 0) throw new OptionError(`knownPeople: person ${index} has no photograph`);
      if (templates.size !== size || (negatives !== undefined && negatives.size !== size)) {
        throw new OptionError(
          `knownPeople: person ${index}: got embeddings of ${templates.size} numbers, expected ${size}: embed them with the same model`,
        );
      }
      const unit = normalizeEmbeddings(templates);
      const isAlone = templates.count === 1;
      const mean = isAlone ? new Float32Array(0) : poolTemplates(unit, new Uint8Array(unit.count)).data;
      const rows = new Float32Array(unit.data.length + mean.length);
      rows.set(unit.data);
      rows.set(mean, unit.data.length);
      const away = negatives === undefined ? new Float32Array(0) : normalizeEmbeddings(negatives).data;
      return { name, count: unit.count, rows, negatives: away };
    });
    this.templateCount = this.#people.reduce((sum, { rows }) => sum + rows.length / size, 0);
  }

  get personCount(): number {
    return this.#people.length;
  }

  /**
   * Who a probe is, among the people known.
   *
   * @throws {OptionError} when the probe is of another size or not finite, or the limit is below 1.
   */
  identify(probe: Float32Array, { threshold, limit = 5 }: IdentifyOptions): PersonIdentification {
    requireInteger("identify: limit", limit, 1);
    const unit = this.#unit(probe);
    let nearestScore = -1;
    const matches: PersonMatch[] = [];
    for (const person of this.#people) {
      const { match, isExcluded } = this.#compare(unit, person);
      nearestScore = Math.max(nearestScore, match.score);
      if (match.score >= threshold && !isExcluded) matches.push(match);
    }
    matches.sort((a, b) => b.score - a.score);
    return { name: matches[0]?.name ?? null, matches: matches.slice(0, limit), nearestScore };
  }

  /**
   * Searches for each photograph among the other people. They are strangers to this search, so whoever it finds is a
   * false positive: a measurement of FPIR on this very gallery, of one person less.
   */
  searchStrangers(threshold: number): StrangerSearches {
    let falsePositiveCount = 0;
    let searchCount = 0;
    for (const probePerson of this.#people) {
      for (let row = 0; row < probePerson.count; row++) {
        const probe = probePerson.rows.subarray(row * this.size, (row + 1) * this.size);
        const isFound = this.#people.some((person) => {
          if (person === probePerson) return false;
          const { match, isExcluded } = this.#compare(probe, person);
          return match.score >= threshold && !isExcluded;
        });
        searchCount++;
        if (isFound) falsePositiveCount++;
      }
    }
    return { falsePositiveCount, searchCount };
  }

  #unit(probe: Float32Array): Float32Array {
    if (probe.length !== this.size) {
      throw new OptionError(
        `identify: got a probe of ${probe.length} numbers, expected ${this.size}: use the same model`,
      );
    }
    return normalizeEmbeddings({ count: 1, size: this.size, data: probe }).data;
  }

  #compare(
    probe: Float32Array,
    { name, count, rows, negatives }: Enrolled,
  ): { match: PersonMatch; isExcluded: boolean } {
    const best = this.#nearest(probe, rows);
    const match: PersonMatch = { name, score: best.score, template: best.row < count ? best.row : "mean" };
    return { match, isExcluded: negatives.length > 0 && this.#nearest(probe, negatives).score >= best.score };
  }

  /** The row with the highest cosine, the first of equals. Rounding in f32 may carry a cosine beyond 1. */
  #nearest(probe: Float32Array, rows: Float32Array): { row: number; score: number } {
    let best = { row: 0, score: Number.NEGATIVE_INFINITY };
    for (let row = 0; row * this.size < rows.length; row++) {
      const score = dotProduct(probe, 0, rows, row * this.size, this.size);
      if (score > best.score) best = { row, score };
    }
    return { row: best.row, score: Math.min(1, Math.max(-1, best.score)) };
  }
}
