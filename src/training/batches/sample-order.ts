import { random } from "../../base/core/index.ts";

/**
 * The endless order of training samples: one random permutation of the whole set per epoch. Slot k belongs to epoch
 * ⌊k / sampleCount⌋. The sample of a slot depends only on the seed and the slot, so training can resume at any
 * slot.
 */
export function sampleOrder(sampleCount: number, seed: number): (slot: number) => number {
  // Batches are prepared in order, so at most two epochs are in use at a time.
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
