/**
 * Identification, 1:N, in an open set, among people in memory: a probe may show somebody who is not enrolled, and
 * "unknown" is an answer.
 *
 * Each person is known by several templates: one for each photograph, since people look different in different years
 * and lights, and their mean, which averages the accidents of single photographs away. A person's score is that of the
 * nearest of them; `people-store.ts` has the formula, by which all stores score. Negatives are photographs of others
 * that were once taken for this person: a probe that is at least as near to one of them as to the person is not the
 * person, however high the score.
 */
import { describeValue, OptionError, requireInteger } from "../../base/core/index.ts";
import { type Embeddings, nearestRow, normalizeEmbeddings, poolTemplates } from "../../measure/eval/index.ts";
import type { IdentifyOptions, PersonIdentification, PersonMatch } from "./people-store.ts";

/** Somebody to be recognized. */
export type KnownPerson = {
  readonly name: string;
  /** One row a photograph; at least one. */
  readonly templates: Embeddings;
  /** One row for each face that looks like this person but is not. */
  readonly negatives?: Embeddings;
};

/** How often the people of a gallery are mistaken for one another, each searched for in the gallery without them. */
export type NonMateSearches = {
  /** Searches that found somebody else. */
  readonly falsePositiveCount: number;
  /** Searches made: one for each photograph. */
  readonly searchCount: number;
};

type Enrolled = {
  readonly name: string;
  readonly templateCount: number;
  /** Templates, and their mean where there are several: unit vectors. */
  readonly rows: Embeddings;
  /** Unit vectors. */
  readonly negatives: Embeddings;
};

/** People to search among; built once, then asked any number of times. */
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
    requireInteger("people: size", size, 1);
    this.size = size;
    const names = new Set<string>();
    this.#people = people.map(({ name, templates, negatives }, index) => {
      const who = `people: person ${index}`; // Messages do not contain names.
      if (names.has(name)) throw new OptionError(`${who} has the name of another: join the two`);
      names.add(name);
      if (templates.count === 0) throw new OptionError(`${who} has no photograph`);
      return {
        name,
        templateCount: templates.count,
        rows: withMean(requireSize(who, templates, size)),
        negatives: negatives === undefined ? noRows(size) : normalizeEmbeddings(requireSize(who, negatives, size)),
      };
    });
    this.templateCount = this.#people.reduce((sum, { rows }) => sum + rows.count, 0);
  }

  get personCount(): number {
    return this.#people.length;
  }

  /**
   * Finds the known people that a probe is like.
   *
   * @throws {OptionError} when the probe has another size or is not finite, or the limit is below 1.
   */
  identify(probe: Float32Array, { threshold, limit = 5, negatives }: IdentifyOptions): PersonIdentification {
    requireInteger("identify: limit", limit, 1);
    if (!(probe instanceof Float32Array)) {
      throw new OptionError(`identify: got ${describeValue(probe)}, expected an embedding (Float32Array)`);
    }
    if (probe.length !== this.size) {
      throw new OptionError(
        `identify: got a probe of ${probe.length} numbers, expected ${this.size}: use the same model`,
      );
    }
    const unit = normalizeEmbeddings({ count: 1, size: this.size, data: probe }).data;
    let nearestScore = -1;
    const matches: PersonMatch[] = [];
    for (const person of this.#people) {
      const { match, isExcluded } = compare(unit, person);
      nearestScore = Math.max(nearestScore, match.score);
      if (match.score >= threshold && !isExcluded && !isNegative(unit, match, negatives)) matches.push(match);
    }
    matches.sort((a, b) => b.score - a.score);
    return { name: matches[0]?.name ?? null, matches: matches.slice(0, limit), nearestScore };
  }

  /**
   * Searches for each photograph among the other people. They are non-mates of this search, so every person found is a
   * false positive: this measures the FPIR of the gallery, with one person less.
   */
  searchNonMates(threshold: number): NonMateSearches {
    let falsePositiveCount = 0;
    let searchCount = 0;
    for (const { rows, templateCount, name } of this.#people) {
      for (let row = 0; row < templateCount; row++) {
        const probe = rows.data.subarray(row * this.size, (row + 1) * this.size);
        const isFound = this.#people.some((person) => {
          if (person.name === name) return false;
          const { match, isExcluded } = compare(probe, person);
          return match.score >= threshold && !isExcluded;
        });
        searchCount++;
        if (isFound) falsePositiveCount++;
      }
    }
    return { falsePositiveCount, searchCount };
  }
}

/**
 * Whether a probe is at least as near to a negative of the matched person as to the person.
 *
 * @param probe a unit vector.
 */
export function isNegative(
  probe: Float32Array,
  { name, score }: Pick<PersonMatch, "name" | "score">,
  negatives: IdentifyOptions["negatives"],
): boolean {
  const faces = negatives?.get(name);
  if (faces === undefined || faces.count === 0) return false;
  const unit = normalizeEmbeddings(requireSize("identify: negatives", faces, probe.length));
  return nearestRow(probe, unit).score >= score;
}

function compare(
  probe: Float32Array,
  { name, templateCount, rows, negatives }: Enrolled,
): { readonly match: PersonMatch; readonly isExcluded: boolean } {
  const { row, score } = nearestRow(probe, rows);
  const match: PersonMatch = { name, score, template: row < templateCount ? row : "mean" };
  return { match, isExcluded: negatives.count > 0 && nearestRow(probe, negatives).score >= score };
}

/** Templates at unit length, and after several of them their mean at unit length. */
function withMean(templates: Embeddings): Embeddings {
  const unit = normalizeEmbeddings(templates);
  if (unit.count === 1) return unit;
  const mean = poolTemplates(unit, new Uint8Array(unit.count));
  const data = new Float32Array(unit.data.length + mean.data.length);
  data.set(unit.data);
  data.set(mean.data, unit.data.length);
  return { count: unit.count + 1, size: unit.size, data };
}

function noRows(size: number): Embeddings {
  return { count: 0, size, data: new Float32Array(0) };
}

function requireSize(who: string, embeddings: Embeddings, size: number): Embeddings {
  if (embeddings.size === size) return embeddings;
  throw new OptionError(
    `${who}: got embeddings of ${embeddings.size} numbers, expected ${size}: embed them with the same model`,
  );
}
