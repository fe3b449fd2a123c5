import { random } from "../../base/core/index.ts";

/**
 * The endless order in which samples are trained on: a random permutation of the whole set for each epoch, one after
 * the other. Place `slot` is in epoch ⌊slot / sampleCount⌋. It depends on the seed and the slot alone, so training can
 * go on from any place.
 */
export function sampleOrder(sampleCount: number, seed: number): (slot: number) => number {
  // Batches are prepared in order, so that two epochs are in use at most, around their border.
  const permutations = new Map<number, Uint32Array>();
  return (slot) => {
    const epoch = Math.floor(slot / sampleCount);
    let permutation = permutations.get(epoch);
    if (permutation === undefined) {
      permutation = random(seed, "shuffle", epoch).permutation(sampleCount);
      for (const old of permutations.keys()) if (old < epoch - 1) permutations.delete(old);
      permutations.set(epoch, permutation);
    }
    return permutation[slot - epoch * sampleCount]!;
  };
}
