/**
 * Open-set identification on a folder of people, as a search would meet it: some people are enrolled with one
 * photograph each, their other photographs are searched for, and so are those of people who are not enrolled, the
 * unknowns. Who is enrolled and who is unknown is drawn anew several times, so that the figures do not hang on one
 * draw.
 *
 * The interval of a FNIR accounts for dependence between the searches for one person, of all draws; that of a FPIR also
 * for dependence between the searches that name one person, since some faces resemble many (two-way clusters).
 * @see Cameron, Gelbach and Miller, Robust inference with multiway clustering, J. Business and Economic Statistics 29,
 *   2011: https://doi.org/10.1198/jbes.2010.07136
 */
import { random, requireInteger } from "../../base/core/index.ts";
import {
  CosineScan,
  type Interval,
  type LabeledEmbeddings,
  lowestThreshold,
  quantileInterval,
} from "../../measure/eval/index.ts";
import { type ClusteredRate, personRate, twoWayRate } from "../../measure/groups/index.ts";

/** FNIR at a FPIR in a gallery of one size, or why it is not given. */
export type SearchPoint =
  | {
      readonly fpir: number;
      /** A person is named when the score ≥ threshold. */
      readonly threshold: number;
      readonly thresholdInterval: Interval;
      /** Share of the searches for unknown people that name somebody. */
      readonly falsePositives: ClusteredRate;
      /** Share of the searches for enrolled people that do not name them: by another name, or by none. */
      readonly falseNegatives: ClusteredRate;
      readonly reason?: undefined;
    }
  | { readonly fpir: number; readonly threshold: null; readonly reason: string };

/** The searches of galleries of one size. */
export type GallerySize = {
  /** People enrolled, one photograph each. */
  readonly gallerySize: number;
  /** Share of the searches for enrolled people whose best match is right, whatever its score. */
  readonly rankOne: ClusteredRate;
  readonly points: readonly SearchPoint[];
  /** Both error rates at one threshold for all sizes, that of the wanted FAR of one comparison; null without one. */
  readonly fixed: {
    readonly threshold: number;
    readonly falsePositives: ClusteredRate;
    readonly falseNegatives: ClusteredRate;
  } | null;
};

/** How searches are drawn. */
export type OpenSetOptions = {
  readonly fpirs: readonly number[];
  /** Draws of galleries and unknown people. */
  readonly repeats: number;
  readonly seed: number;
  readonly confidence: number;
  /** A threshold to apply to all sizes. */
  readonly threshold: number | undefined;
  /** A size of the gallery beside the round ones. */
  readonly gallerySize?: number | undefined;
  readonly onProgress: (done: number, total: number) => void;
};

/** Share of the people who are unknown in each draw. */
const UNKNOWN_SHARE = 1 / 3;
/** Photographs of a person that are searched for in one draw, and people of each kind: enough, and a minute at most. */
const PROBES_PER_PERSON = 3;
const MOST_SEARCHED = 1000;
/** Fewest people who must be enrolled, and who must be unknown. */
export const LEAST_SEARCHED = 5;

/**
 * Searches galleries of several sizes.
 *
 * @returns no sizes, when there are too few people.
 */
export function searchOpenSet(labeled: LabeledEmbeddings, options: OpenSetOptions): GallerySize[] {
  requireInteger("repeats", options.repeats, 1);
  const rowsOf = new Map<number, number[]>();
  for (const [row, person] of Array.from(labeled.identities).entries()) {
    rowsOf.set(person, [...(rowsOf.get(person) ?? []), row]);
  }
  const people = [...rowsOf.keys()];
  const pairedCount = [...rowsOf.values()].filter((rows) => rows.length > 1).length;
  const unknownCount = Math.floor(people.length * UNKNOWN_SHARE);
  if (unknownCount < LEAST_SEARCHED || pairedCount - unknownCount < LEAST_SEARCHED) return [];
  const sizes = gallerySizes(people.length - unknownCount, options.gallerySize);
  const tallies = sizes.map((gallerySize) => new SearchTally(gallerySize));
  for (let draw = 0; draw < options.repeats; draw++) {
    const stream = random(options.seed, "open set", draw);
    const order = Array.from(stream.permutation(people.length), (index) => people[index] ?? 0);
    const unknown = order.slice(0, unknownCount).slice(0, MOST_SEARCHED);
    // People of several photographs first, so that a small gallery has mates to search for.
    const known = order.slice(unknownCount).sort((a, b) => several(rowsOf, b) - several(rowsOf, a));
    const shuffled = (person: number) => {
      const rows = rowsOf.get(person) ?? [];
      return Array.from(stream.permutation(rows.length), (index) => rows[index] ?? 0);
    };
    const enrolled = known.map((person) => ({ person, rows: shuffled(person) }));
    const unknownRows = unknown.flatMap((person) => shuffled(person).slice(0, PROBES_PER_PERSON));
    for (const tally of tallies) {
      const gallery = enrolled.slice(0, tally.gallerySize);
      const mated = gallery.slice(0, MOST_SEARCHED).flatMap(({ rows }) => rows.slice(1, 1 + PROBES_PER_PERSON));
      const searches = searchOnePerRow(
        labeled,
        [...mated, ...unknownRows],
        gallery.flatMap(({ rows }) => rows.slice(0, 1)),
      );
      tally.add(searches, new Set(gallery.map(({ person }) => person)));
    }
    options.onProgress(draw + 1, options.repeats);
  }
  return tallies.map((tally) => tally.result(options));
}

/** 10, 30, 100, 300 … people, the largest gallery there can be, and the wanted size if there can be that. */
function gallerySizes(most: number, wanted: number | undefined): number[] {
  const sizes = new Set<number>([most]);
  for (let power = 10; power < most; power *= 10) {
    sizes.add(power);
    if (3 * power < most) sizes.add(3 * power);
  }
  if (wanted !== undefined && wanted <= most) sizes.add(wanted);
  return [...sizes].sort((a, b) => a - b);
}

function several(rowsOf: ReadonlyMap<number, readonly number[]>, person: number): number {
  return Number((rowsOf.get(person)?.length ?? 0) > 1);
}

/** A search: whose photograph it was, whom its best score names, and the mate's score if that was the best. */
type Search = { readonly person: number; readonly named: number; readonly top: number; readonly found: number };

/** Searches a gallery of one row for each person. A mate that ties with another person is not found. */
function searchOnePerRow(
  { embeddings, identities }: LabeledEmbeddings,
  probes: readonly number[],
  gallery: readonly number[],
): Search[] {
  const { size, data } = embeddings;
  const part = new Float32Array(gallery.length * size);
  for (const [i, row] of gallery.entries()) part.set(data.subarray(row * size, (row + 1) * size), i * size);
  const probeScan = new CosineScan("probes", embeddings);
  const galleryScan = new CosineScan("gallery", { count: gallery.length, size, data: part });
  return probes.map((probe): Search => {
    const person = identities[probe] ?? -1;
    let [named, top, mate] = [-1, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const [i, score] of galleryScan.cosines(probeScan, probe).entries()) {
      const other = identities[gallery[i] ?? -1] ?? -1;
      if (other === person) mate = score;
      else if (score > top) [named, top] = [other, score];
    }
    const isFound = mate > top;
    return isFound ? { person, named: person, top: mate, found: mate } : { person, named, top, found: NOBODY };
  });
}

const NOBODY = Number.NEGATIVE_INFINITY;

/** The searches of all draws in galleries of one size. */
class SearchTally {
  readonly gallerySize: number;
  readonly #mated: Search[] = [];
  readonly #unknown: Search[] = [];
  /** For each person, the searches for unknown people while the person was enrolled. */
  readonly #searchesWith = new Map<number, number>();

  constructor(gallerySize: number) {
    this.gallerySize = gallerySize;
  }

  add(searches: readonly Search[], enrolled: ReadonlySet<number>): void {
    const unknown = searches.filter(({ person }) => !enrolled.has(person));
    this.#mated.push(...searches.filter(({ person }) => enrolled.has(person)));
    this.#unknown.push(...unknown);
    for (const person of enrolled) {
      this.#searchesWith.set(person, (this.#searchesWith.get(person) ?? 0) + unknown.length);
    }
  }

  result({ fpirs, confidence, threshold: fixed }: OpenSetOptions): GallerySize {
    const rising = Float32Array.from(this.#unknown, ({ top }) => top).sort();
    const rateOf = (searches: readonly Search[], isError: (search: Search) => boolean) =>
      personRate(
        searches.map(({ person }) => person),
        searches.map(isError),
        confidence,
      );
    const ratesAt = (threshold: number) => ({
      threshold,
      falsePositives: this.#falsePositives(threshold, confidence),
      falseNegatives: rateOf(this.#mated, ({ found }) => !(found >= threshold)),
    });
    return {
      gallerySize: this.gallerySize,
      fixed: fixed === undefined ? null : ratesAt(fixed),
      rankOne: rateOf(this.#mated, ({ found }) => found > NOBODY),
      points: fpirs.map((fpir): SearchPoint => {
        const rates = ratesAt(lowestThreshold(rising, fpir) ?? -1);
        const { falsePositives } = rates;
        const effective = falsePositives.effectiveCount;
        if (falsePositives.errorCount === 0 || effective < 3 / fpir) {
          const got = `${falsePositives.pairCount} searches for ${falsePositives.personCount} unknown people, worth ${Math.floor(effective)} independent ones`;
          const reason = `insufficient data: ${got}, cannot show a FPIR of ${fpir}, expected at least ${Math.ceil(3 / fpir - 1e-6)}`;
          return { fpir, threshold: null, reason };
        }
        return {
          fpir,
          ...rates,
          thresholdInterval: quantileInterval(rising.toReversed(), fpir, confidence, {
            count: rising.length,
            effective,
          }),
        };
      }),
    };
  }

  #falsePositives(threshold: number, confidence: number): ClusteredRate {
    return twoWayRate(
      this.#unknown.map(({ person, named, top }) => ({ first: person, second: named, isError: top >= threshold })),
      // A search names each enrolled person equally often, as far as nothing is known of them.
      new Map([...this.#searchesWith].map(([person, count]) => [person, count / this.gallerySize])),
      confidence,
    );
  }
}
