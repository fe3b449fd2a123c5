import { OptionError, random, requireInteger } from "../../base/core/index.ts";

/** Two samples of a set, by index, and whether they show the same person. */
export type SyntheticPair = {
  readonly left: number;
  readonly right: number;
  readonly same: boolean;
  /** In [0, folds). No person is in two folds. */
  readonly fold: number;
};

/** What {@link syntheticPairs} chooses. */
export type SyntheticPairsOptions = {
  /** People in the set, at least two for each fold. */
  readonly identityCount: number;
  /** Pictures of each person in the set, at least 2. */
  readonly imagesPerIdentity: number;
  /** Pairs in each fold, half of them genuine; an even number, default 600 as in LFW. */
  readonly pairsPerFold?: number;
  /** Default 10. */
  readonly folds?: number;
  /** Chooses the pairs, default 0. */
  readonly seed?: number;
};

/**
 * A pair list in the manner of LFW over a set whose samples stand person after person, as those of `syntheticFaces`
 * do: folds of different people, each with as many genuine as impostor pairs, no pair twice.
 * @throws {OptionError} when a fold's people do not have that many different pairs.
 */
export function syntheticPairs({
  identityCount,
  imagesPerIdentity,
  pairsPerFold = 600,
  folds = 10,
  seed = 0,
}: SyntheticPairsOptions): SyntheticPair[] {
  requireInteger("syntheticPairs: imagesPerIdentity", imagesPerIdentity, 2);
  requireInteger("syntheticPairs: folds", folds, 1);
  requireInteger("syntheticPairs: identityCount", identityCount, 2 * folds);
  requireInteger("syntheticPairs: pairsPerFold", pairsPerFold, 2);
  if (pairsPerFold % 2 !== 0)
    throw new OptionError(`syntheticPairs: got ${pairsPerFold} pairs a fold, expected an even number`);

  return Array.from({ length: folds }, (_, fold) => {
    const first = Math.floor((fold * identityCount) / folds);
    const people = Math.floor(((fold + 1) * identityCount) / folds) - first;
    const half = pairsPerFold / 2;
    const genuineCount = (people * imagesPerIdentity * (imagesPerIdentity - 1)) / 2;
    const impostorCount = ((people * (people - 1)) / 2) * imagesPerIdentity * imagesPerIdentity;
    // Choosing by lot stays quick while at most half of all pairs are taken.
    if (2 * half > genuineCount || 2 * half > impostorCount) {
      throw new OptionError(
        `syntheticPairs: got ${pairsPerFold} pairs a fold of ${people} people with ${imagesPerIdentity} images, ` +
          `expected at most ${Math.min(genuineCount, impostorCount)}: use fewer pairs or more people`,
      );
    }
    const draws = random(seed, "synthetic pairs", fold);
    const taken = new Set<string>();
    const choose = (same: boolean): SyntheticPair => {
      for (;;) {
        const person = draws.integer(people);
        const other = same ? person : draws.integer(people);
        const a = (first + person) * imagesPerIdentity + draws.integer(imagesPerIdentity);
        const b = (first + other) * imagesPerIdentity + draws.integer(imagesPerIdentity);
        if (a === b || (!same && person === other)) continue;
        const [left, right] = a < b ? [a, b] : [b, a];
        const key = `${left} ${right}`;
        if (taken.has(key)) continue;
        taken.add(key);
        return { left, right, same, fold };
      }
    };
    return Array.from({ length: pairsPerFold }, (_, i) => choose(i < half));
  }).flat();
}
