/**
 * All pairs of different images of labeled people: genuine where both show one person, impostor where they show two. Of
 * n images there are n(n − 1)/2, nearly all impostor pairs, of which only the highest scores decide at a low FAR: those
 * are kept with whose they are, and the rest is counted.
 */
import { OptionError, requireBetween } from "../../base/core/index.ts";
import { cosineOf, dotProduct, squaredLengths } from "./embeddings.ts";
import type { LabeledEmbeddings } from "./search-gallery.ts";
import { countFrom, nextFloat32 } from "./tar-at-far.ts";

/** Cosines of all pairs of labeled images. People are numbered 0, 1, … in order of first appearance. */
export type CrossPairs = {
  readonly identityCount: number;
  /** Images of each person. */
  readonly imageCounts: Uint32Array;
  /** Every genuine pair. */
  readonly genuine: { readonly scores: Float32Array; readonly identities: Uint32Array };
  /** The impostor pairs with the highest scores, in no order: at least the share asked for. */
  readonly impostor: { readonly scores: Float32Array; readonly left: Uint32Array; readonly right: Uint32Array };
  /** Impostor pairs in all, those that are not kept too. */
  readonly impostorCount: number;
};

/**
 * Scores every pair of different images.
 *
 * @param share of the impostor pairs to keep, those with the highest scores; in [0, 1], default 1.
 * @throws {OptionError} when there are fewer than two people, no one has two images, counts differ, or a row is not
 * finite (the message names it).
 */
export function crossPairs({ embeddings, identities }: LabeledEmbeddings, share = 1): CrossPairs {
  requireBetween("crossPairs: share", share, 0, 1);
  const { count, size, data } = embeddings;
  if (identities.length !== count) {
    throw new OptionError(`crossPairs: got ${identities.length} identities for ${count} images`);
  }
  const squares = squaredLengths("crossPairs", embeddings);
  const people = new Map<number, number>();
  const person = Uint32Array.from({ length: count }, (_, row) => {
    const identity = identities[row]!;
    if (!people.has(identity)) people.set(identity, people.size);
    return people.get(identity)!;
  });
  const imageCounts = new Uint32Array(people.size);
  for (const index of person) imageCounts[index]!++;
  const genuineCount = imageCounts.reduce((sum, images) => sum + (images * (images - 1)) / 2, 0);
  const impostorCount = (count * (count - 1)) / 2 - genuineCount;
  if (genuineCount === 0 || impostorCount === 0) {
    const got = `${count} images of ${people.size} people`;
    throw new OptionError(`crossPairs: got ${got}, expected two people or more, and two images or more of some`);
  }
  const genuine = { scores: new Float32Array(genuineCount), identities: new Uint32Array(genuineCount) };
  const highest = new HighestPairs(Math.ceil(share * impostorCount));
  let filled = 0;
  for (let left = 0; left < count; left++) {
    for (let right = left + 1; right < count; right++) {
      const product = dotProduct(data, left * size, data, right * size, size);
      const score = cosineOf(product, squares[left]!, squares[right]!);
      if (person[left] !== person[right]) {
        highest.add(score, person[left]!, person[right]!);
      } else {
        genuine.scores[filled] = score;
        genuine.identities[filled++] = person[left]!;
      }
    }
  }
  return { identityCount: people.size, imageCounts, genuine, impostor: highest.pairs(), impostorCount };
}

/** Pairs to hold beyond those wanted, before the lowest are dropped: each dropping sorts, so it should be rare. */
const LEAST_SLACK = 4096;

/** Keeps the pairs with the highest scores of all that are added. */
class HighestPairs {
  readonly #wanted: number;
  readonly #scores: Float32Array;
  readonly #left: Uint32Array;
  readonly #right: Uint32Array;
  #count = 0;
  /** Scores below it need not be kept. */
  #floor = Number.NEGATIVE_INFINITY;

  constructor(wanted: number) {
    this.#wanted = wanted;
    const capacity = wanted + Math.max(LEAST_SLACK, wanted >> 1);
    this.#scores = new Float32Array(capacity);
    this.#left = new Uint32Array(capacity);
    this.#right = new Uint32Array(capacity);
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

  /** Keeps all above the lowest wanted score, and as many of those that tie with it as are wanted. */
  #dropLowest(): void {
    if (this.#wanted === 0) {
      this.#count = 0;
      return;
    }
    const scores = this.#scores;
    const rising = scores.slice(0, this.#count).sort();
    this.#floor = rising[this.#count - this.#wanted]!;
    let ties = this.#wanted - countFrom(rising, nextFloat32(this.#floor));
    let kept = 0;
    for (let i = 0; i < this.#count; i++) {
      if (!(scores[i]! > this.#floor || (scores[i] === this.#floor && ties-- > 0))) continue;
      scores[kept] = scores[i]!;
      this.#left[kept] = this.#left[i]!;
      this.#right[kept++] = this.#right[i]!;
    }
    this.#count = kept;
  }
}
