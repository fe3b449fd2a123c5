import { OptionError, random, requireInteger, requireObject } from "../../base/core/index.ts";

/** Two samples of a set, by index, and whether they show the same person. */
export type SyntheticPair = {
  readonly left: number;
  readonly right: number;
  readonly same: boolean;
  /** In [0, folds). Folds have no person in common. */
  readonly fold: number;
};

/** Options of {@link syntheticPairs}. */
export type SyntheticPairsOptions = {
  /** People in the set, at least two per fold. */
  readonly identityCount: number;
  /** Images per person in the set, at least 2. */
  readonly imagesPerIdentity: number;
  /** Pairs per fold, half of them genuine; an even number, default 600 as in LFW. */
  readonly pairsPerFold?: number;
  /** Default 10. */
  readonly folds?: number;
  /** Seed of the choice of pairs, default 0. */
  readonly seed?: number;
};

/**
 * A pair list like LFW's for a set in order of the person, such as that of `syntheticFaces`: folds of different people,
 * each with equal numbers of genuine and impostor pairs, without duplicates.
 *
 * @throws {OptionError} when the people of a fold do not have enough different pairs.
 */
export function syntheticPairs(options: SyntheticPairsOptions): SyntheticPair[] {
  requireObject("options of syntheticPairs", options);
  const { identityCount, imagesPerIdentity, pairsPerFold = 600, folds = 10, seed = 0 } = options;
  requireInteger("imagesPerIdentity", imagesPerIdentity, 2);
  requireInteger("folds", folds, 1);
  requireInteger("identityCount", identityCount, 2 * folds);
  requireInteger("pairsPerFold", pairsPerFold, 2);
  if (pairsPerFold % 2 !== 0) throw new OptionError(`pairsPerFold: got ${pairsPerFold}, expected an even number`);

  return Array.from({ length: folds }, (_, fold) => {
    const first = Math.floor((fold * identityCount) / folds);
    const people = Math.floor(((fold + 1) * identityCount) / folds) - first;
    const half = pairsPerFold / 2;
    const genuineCount = (people * imagesPerIdentity * (imagesPerIdentity - 1)) / 2;
    const impostorCount = ((people * (people - 1)) / 2) * imagesPerIdentity * imagesPerIdentity;
    // Random choice stays fast while at most half of all pairs are chosen.
    if (2 * half > genuineCount || 2 * half > impostorCount) {
      throw new OptionError(
        `pairsPerFold: got ${pairsPerFold} for ${people} people with ${imagesPerIdentity} images each, ` +
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
