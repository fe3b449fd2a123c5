/**
 * All pairs of different images of labeled people: genuine pairs show one person, impostor pairs two. n images make
 * n(n − 1)/2 pairs, nearly all of them impostor pairs, and at a low FAR only the highest of their scores matter:
 * those are kept with the people that they belong to, and the others are only counted.
 */
import { OptionError, requireBetween, requireObject } from "../../base/core/index.ts";
import { CosineScan } from "./exact-scan.ts";
import { requireScores } from "./pair-scores.ts";
import { denseIdentities, type LabeledEmbeddings, requireLabels } from "./search-gallery.ts";
import { countFrom, nextFloat32 } from "./tar-at-far.ts";

/** Cosines of all pairs of labeled images. People are numbered 0, 1, … in order of first appearance. */
export type CrossPairs = {
  readonly identityCount: number;
  /** Images of each person. */
  readonly imageCounts: Uint32Array;
  /** Every genuine pair. */
  readonly genuine: { readonly scores: Float32Array; readonly identities: Uint32Array };
  /** The impostor pairs with the highest scores, unordered: at least the requested share. */
  readonly impostor: { readonly scores: Float32Array; readonly left: Uint32Array; readonly right: Uint32Array };
  /** Number of all impostor pairs, including those not kept. */
  readonly impostorCount: number;
};

/**
 * Scores every pair of different images.
 *
 * @param share share of the impostor pairs to keep, those with the highest scores; in [0, 1], default 1.
 * @throws {OptionError} when there are fewer than two people, no one has two images, counts differ, or a row is not
 *   finite (the message names it).
 */
export function crossPairs(labeled: LabeledEmbeddings, share = 1): CrossPairs {
  const { scan, personOf, ...counts } = countPairs(labeled, share);
  const genuine = genuinePairs(counts.genuineCount);
  const highest = new HighestPairs(Math.ceil(share * counts.impostorCount));
  for (const [left, person] of personOf.entries()) {
    const scores = scan.cosines(scan, left, left + 1);
    for (let i = 0; i < scores.length; i++) {
      const [score, other] = [scores[i]!, personOf[left + 1 + i]!];
      if (person !== other) highest.add(score, person, other);
      else genuine.add(score, person);
    }
  }
  const { identityCount, imageCounts, impostorCount } = counts;
  return { identityCount, imageCounts, genuine: genuine.pairs, impostor: highest.pairs(), impostorCount };
}

/** What is known of the pairs before they are scored. */
export type PairCounts = Pick<CrossPairs, "identityCount" | "imageCounts" | "impostorCount"> & {
  readonly scan: CosineScan;
  /** The person of each image, numbered in order of first appearance. */
  readonly personOf: Uint32Array;
  readonly genuineCount: number;
};

/** Checks the arguments of {@link crossPairs} and counts its pairs. @throws {OptionError} as it does. */
export function countPairs(labeled: LabeledEmbeddings, share: number): PairCounts {
  requireBetween("share", share, 0, 1);
  requireObject("images", labeled);
  const scan = new CosineScan("embeddings", labeled.embeddings);
  const { count } = labeled.embeddings;
  requireLabels("images", labeled);
  const { indexOf: people, indices: personOf } = denseIdentities(labeled);
  const imageCounts = new Uint32Array(people.size);
  for (const person of personOf) imageCounts[person]!++;
  const genuineCount = imageCounts.reduce((sum, images) => sum + (images * (images - 1)) / 2, 0);
  const impostorCount = (count * (count - 1)) / 2 - genuineCount;
  if (genuineCount === 0 || impostorCount === 0) {
    const got = `${count} images of ${people.size} people`;
    throw new OptionError(`got ${got}, expected at least two people, one of them with at least two images`);
  }
  return { scan, personOf, identityCount: people.size, imageCounts, genuineCount, impostorCount };
}

/** Collects the scores of all genuine pairs. */
export function genuinePairs(count: number) {
  const pairs: CrossPairs["genuine"] = { scores: new Float32Array(count), identities: new Uint32Array(count) };
  let filled = 0;
  return {
    pairs,
    add(score: number, person: number): void {
      pairs.scores[filled] = score;
      pairs.identities[filled++] = person;
    },
  };
}

/** @throws {OptionError} unless `pairs` has the scores of genuine and impostor pairs. */
export function requireCrossPairs(pairs: CrossPairs): void {
  requireObject("pairs", pairs);
  requireScores("genuine scores", pairs.genuine?.scores);
  requireScores("impostor scores", pairs.impostor?.scores);
}

/** Fewest pairs to collect beyond those wanted before the lowest are dropped: dropping sorts, so it should be rare. */
const LEAST_SLACK = 4096;

/** Keeps the pairs with the highest scores among those added. */
export class HighestPairs {
  readonly #wanted: number;
  readonly #scores: Float32Array;
  readonly #left: Uint32Array;
  readonly #right: Uint32Array;
  #count = 0;
  #floor = Number.NEGATIVE_INFINITY;

  constructor(wanted: number) {
    this.#wanted = wanted;
    const capacity = wanted + Math.max(LEAST_SLACK, wanted >> 1);
    this.#scores = new Float32Array(capacity);
    this.#left = new Uint32Array(capacity);
    this.#right = new Uint32Array(capacity);
  }

  /** A pair with a lower score cannot be among those wanted. */
  get floor(): number {
    return this.#floor;
  }

  add(score: number, left: number, right: number): void {
    if (score < this.#floor) return;
    if (this.#count === this.#scores.length) this.#dropLowest();
    this.#scores[this.#count] = score;
    this.#left[this.#count] = left;
    this.#right[this.#count++] = right;
  }

  pairs(): CrossPairs["impostor"] {
    const used = <T extends Float32Array | Uint32Array>(array: T) => array.slice(0, this.#count) as T;
    return { scores: used(this.#scores), left: used(this.#left), right: used(this.#right) };
  }

  /** Keeps every score above the lowest wanted one, and of the scores that tie with it only the wanted number. */
  #dropLowest(): void {
    if (this.#wanted === 0) {
      this.#count = 0;
      return;
    }
    const { scores, left, right } = this.pairs();
    const rising = scores.toSorted();
    const floor = rising.at(-this.#wanted) ?? Number.NEGATIVE_INFINITY;
    this.#floor = floor;
    let ties = this.#wanted - countFrom(rising, nextFloat32(floor));
    const isKept = scores.map((score) => Number(score > floor || (score === floor && ties-- > 0)));
    const filter = (_: number, i: number) => isKept[i] === 1;
    this.#scores.set(scores.filter(filter));
    this.#left.set(left.filter(filter));
    this.#right.set(right.filter(filter));
    this.#count = Math.min(this.#wanted, this.#count);
  }
}
