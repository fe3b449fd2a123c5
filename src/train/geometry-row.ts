import { sampleGeometry } from "../hypersphere/index.ts";
import type { GeometryRow } from "./run-log.ts";

/** Nearest neighbors are sought for so many centers: a second's work for 10,000 identities in 512 dimensions. */
const MEASURED = 256;

/**
 * How the class centers `f32[identities, dimension]` lie after some steps; undefined where there is no angle to speak of,
 * with fewer than two of them or in one dimension. Of many centers a part is measured, evenly taken; each has its nearest
 * neighbor among all.
 */
export function geometryRow(
  iteration: number,
  weights: Float32Array,
  [identities = 0, dimension = 0]: readonly number[],
): GeometryRow | undefined {
  if (identities < 2 || dimension < 2) return undefined;
  const measuredCount = Math.min(identities, MEASURED);
  const labels = Int32Array.from({ length: measuredCount }, (_, i) => Math.floor((i * identities) / measuredCount));
  const embeddings = new Float32Array(measuredCount * dimension);
  for (const [i, label] of labels.entries()) {
    embeddings.set(weights.subarray(label * dimension, (label + 1) * dimension), i * dimension);
  }
  // A center is a sample that lies on its own center.
  const { nearestOtherDegrees, meanNearestOtherDegrees } = sampleGeometry({
    embeddings,
    labels,
    weights,
    identities,
    dimension,
  });
  const smallestDegrees = nearestOtherDegrees.reduce((least, degrees) => Math.min(least, degrees));
  return { kind: "geometry", iteration, measuredCount, meanNearestDegrees: meanNearestOtherDegrees, smallestDegrees };
}
