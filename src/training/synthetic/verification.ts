import type { VerificationSet } from "../../base/data/index.ts";
import { type SyntheticFacesOptions, syntheticFaces } from "./faces.ts";
import { type SyntheticPairsOptions, syntheticPairs } from "./pairs.ts";

/**
 * Pairs of synthetic people to verify on, in folds of different people. With `firstIdentity` at the number of people
 * that were trained on, nobody is in both.
 *
 * @throws {OptionError} when a fold's people do not have that many different pairs.
 */
export function syntheticVerification(
  options: SyntheticFacesOptions & Pick<SyntheticPairsOptions, "pairsPerFold" | "folds">,
): VerificationSet {
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
