import { requireKnownKeys } from "../../base/core/index.ts";
import type { VerificationSet } from "../../base/data/index.ts";
import { type SyntheticFacesOptions, syntheticFaces } from "./faces.ts";
import { type SyntheticPairsOptions, syntheticPairs } from "./pairs.ts";

/**
 * A verification set of synthetic people, in folds of different people. With `firstIdentity` equal to the number of
 * training identities, no person is in both sets.
 *
 * @throws {OptionError} when the people of a fold do not have enough different pairs.
 */
export function syntheticVerification(
  options: SyntheticFacesOptions & Pick<SyntheticPairsOptions, "pairsPerFold" | "folds">,
): VerificationSet {
  requireKnownKeys("options of syntheticVerification", options, {
    identityCount: true,
    imagesPerIdentity: true,
    firstIdentity: true,
    seed: true,
    width: true,
    height: true,
    difficulty: true,
    pairsPerFold: true,
    folds: true,
  });
  const dataset = syntheticFaces(options);
  const { folds = 10 } = options;
  return {
    imageCount: dataset.sampleCount,
    foldCount: folds,
    pairs: syntheticPairs(options),
    source: (index) => dataset.source(index),
    read: async (index) => (await dataset.read(index)).image,
  };
}
