import { OptionError, random } from "../../base/core/index.ts";

/**
 * An endless order for losses that compare samples: slots form groups of `groupSize` samples of one identity. Each
 * round contains one group per identity, in random order; the samples of a group are drawn without repetition, unless
 * the identity has fewer samples than the group. So all identities occur equally often, whatever their number of
 * samples.
 *
 * As with `sampleOrder`, the sample of a slot depends only on the seed and the slot, so training can resume at any
 * slot.
 */
export function balancedOrder(
  labels: Uint32Array,
  identityCount: number,
  groupSize: number,
  seed: number,
): (slot: number) => number {
  const samplesOf = Array.from({ length: identityCount }, (_, identity) => ({ identity, samples: [] as number[] }));
  for (const [index, label] of labels.entries()) samplesOf[label]?.samples.push(index);
  // A label may have no sample in a reduced set.
  const identities = samplesOf.filter(({ samples }) => samples.length > 0);
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
    const { identity, samples } = identities[roundOf(round)[group - round * identities.length]!]!;
    const drawn = random(seed, "balanced samples", round, identity).permutation(samples.length);
    return samples[drawn[(slot - group * groupSize) % samples.length]!]!;
  };
}

/**
 * Samples per identity in a batch. @throws {OptionError} when the number does not divide the batch, or a group has one.
 */
export function requireGroupSize(batchSize: number, identitiesPerBatch: number): number {
  const groupSize = batchSize / identitiesPerBatch;
  if (Number.isInteger(groupSize) && groupSize >= 2) return groupSize;
  throw new OptionError(
    `identities per batch: got ${identitiesPerBatch} for a batch of ${batchSize}, expected a divisor of it with at least 2 images each`,
  );
}
