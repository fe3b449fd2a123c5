import { sampleGeometry } from "../../measure/hypersphere/index.ts";
import type { GeometryRow } from "./run-log.ts";
import { someCenters } from "./some-centers.ts";

/** Most centers whose nearest neighbor is searched: a second's work for 10,000 identities in 512 dimensions. */
const MEASURED = 256;
/** Most centers among which it is searched: two seconds' work, however many identities there are. */
const COMPARED = 20_000;

/**
 * The angles between class centers `f32[identities, dimension]` after some steps; undefined for fewer than two centers
 * or one dimension, which have no angles, and for centers that are not finite numbers. Of many centers an even part is
 * measured. Each one's nearest neighbor is searched among all, or among an even part of 20,000 where there are more.
 */
export function geometryRow(
  iteration: number,
  weights: Float32Array,
  [identities = 0, dimension = 0]: readonly number[],
): GeometryRow | undefined {
  if (identities < 2 || dimension < 2) return undefined;
  if (!weights.every(Number.isFinite)) return undefined;
  const compared = someCenters({ weights, identities, dimension }, COMPARED);
  const measured = someCenters(compared, MEASURED);
  // A center is a sample that lies on its own center.
  const { nearestOtherDegrees, meanNearestOtherDegrees } = sampleGeometry({
    ...compared,
    embeddings: measured.weights,
    labels: measured.labels,
  });
  const smallestDegrees = nearestOtherDegrees.reduce((least, degrees) => Math.min(least, degrees));
  return {
    kind: "geometry",
    iteration,
    measuredCount: measured.identities,
    meanNearestDegrees: meanNearestOtherDegrees,
    smallestDegrees,
  };
}
