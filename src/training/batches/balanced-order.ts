import { OptionError, random } from "../../base/core/index.ts";

/**
 * An endless order for losses that compare samples: places come in groups of `groupSize` that hold one identity. Every
 * identity has one group in each round, in a random order of its own; its samples are drawn without repetition, unless it
 * has fewer than a group needs. So all identities come equally often, however many samples they have.
 *
 * As `sampleOrder`'s, a place depends on the seed and its number alone, so training can go on from any place.
 */
export function balancedOrder(
  labels: Uint32Array,
  identityCount: number,
  groupSize: number,
  seed: number,
): (slot: number) => number {
  const samplesOf = Array.from({ length: identityCount }, (): number[] => []);
  for (const [index, label] of labels.entries()) samplesOf[label]!.push(index);
  // A label may have no sample in a set that was cut down.
  const identities = samplesOf.flatMap((samples, identity) => (samples.length === 0 ? [] : [identity]));
  const rounds = new Map<number, Uint32Array>();
  const roundOf = (round: number): Uint32Array => {
    let order = rounds.get(round);
    if (order === undefined) {
      order = random(seed, "balanced round", round).permutation(identities.length);
      for (const old of rounds.keys()) if (old < round - 1) rounds.delete(old);
      rounds.set(round, order);
    }
    return order;
  };
  return (slot) => {
    const group = Math.floor(slot / groupSize);
    const round = Math.floor(group / identities.length);
    const identity = identities[roundOf(round)[group - round * identities.length]!]!;
    const samples = samplesOf[identity]!;
    const drawn = random(seed, "balanced samples", round, identity).permutation(samples.length);
    return samples[drawn[(slot - group * groupSize) % samples.length]!]!;
  };
}

/** Samples of one identity in a batch. @throws {OptionError} when the batch does not divide, or leaves single samples. */
export function requireGroupSize(batchSize: number, identitiesPerBatch: number): number {
  const groupSize = batchSize / identitiesPerBatch;
  if (Number.isInteger(groupSize) && groupSize >= 2) return groupSize;
  throw new OptionError(
    `trainingBatches: got ${identitiesPerBatch} identities in a batch of ${batchSize}, expected a number that divides it, and at least 2 images each`,
  );
}
