import { sampleGeometry } from "../../measure/hypersphere/index.ts";
import type { GeometryRow } from "./run-log.ts";
import { someCenters } from "./some-centers.ts";

/** Nearest neighbors are sought for so many centers: a second's work for 10,000 identities in 512 dimensions. */
const MEASURED = 256;
/** And among so many: two seconds' work, however many identities there are. */
const COMPARED = 20_000;

/**
 * How the class centers `f32[identities, dimension]` lie after some steps; undefined where there is no angle to speak of,
 * with fewer than two of them or in one dimension. Of many centers a part is measured, evenly taken; each has its nearest
 * neighbor among all, or of more than 20,000 among an even part of as many.
 */
export function geometryRow(
  iteration: number,
  weights: Float32Array,
  [identities = 0, dimension = 0]: readonly number[],
): GeometryRow | undefined {
  if (identities < 2 || dimension < 2) return undefined;
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
