import type { ClassCenters } from "../../measure/hypersphere/index.ts";

/** Some of a run's class centers, with the label of each. */
export type SomeCenters = ClassCenters & { readonly labels: Int32Array };

/**
 * All class centers, or an even part of them where there are more than `most`: comparing each with each would take a
 * hundred times as long for ten times as many.
 */
export function someCenters({ weights, identities, dimension }: ClassCenters, most: number): SomeCenters {
  const count = Math.min(identities, most);
  const labels = Int32Array.from({ length: count }, (_, i) => Math.floor((i * identities) / count));
  if (count === identities) return { weights, identities, dimension, labels };
  const part = new Float32Array(count * dimension);
  for (const [i, label] of labels.entries()) {
    part.set(weights.subarray(label * dimension, (label + 1) * dimension), i * dimension);
  }
  return { weights: part, identities: count, dimension, labels };
}
