/**
 * How well clusters of faces agree with people. Clusters and people are both partitions of the images, so every measure
 * follows from one table: n_cp, the number of images of person p in cluster c. An image in no cluster (label −1) is a
 * cluster of its own: leaving it out would let an algorithm choose what it is judged on.
 */
import { OptionError } from "../../base/core/index.ts";

/** Agreement of clusters with people; each measure is in [0, 1], 1 for the true partition. */
export type ClusteringAgreement = {
  readonly imageCount: number;
  readonly personCount: number;
  /** Clusters of two or more images that were made; those of a single image and images in none are left out. */
  readonly clusterCount: number;
  /** Images in no cluster. */
  readonly unassignedCount: number;
  /**
   * Σ_c max_p n_cp / n over images in clusters: the share of them that are with the person most frequent in their
   * cluster. It does not see people torn into many clusters. 1 when no image is in a cluster.
   */
  readonly purity: number;
  /** Share of the pairs of images in one cluster that show one person; 1 when no two images share a cluster. */
  readonly pairPrecision: number;
  /** Share of the pairs of images of one person that share a cluster; 1 when no person has two images. */
  readonly pairRecall: number;
  /** Harmonic mean of the two; frequent people dominate it, for a person of n images has n(n − 1)/2 pairs. */
  readonly pairF: number;
  /** Mean over images of the share of its cluster that shows its person. */
  readonly bcubedPrecision: number;
  /** Mean over images of the share of its person that is in its cluster. */
  readonly bcubedRecall: number;
  /** Harmonic mean of the two: every image counts the same. */
  readonly bcubedF: number;
};

/**
 * Compares clusters with people.
 *
 * @param clusters a cluster for each image: any whole numbers ≥ 0, or −1 for none.
 * @param people a person for each image: any numbers.
 * @throws {OptionError} when there is no image, or counts differ.
 * @see Amigó et al., A comparison of extrinsic clustering evaluation metrics, Information Retrieval 12, 2009: https://doi.org/10.1007/s10791-008-9066-8
 */
export function clusteringAgreement(clusters: ArrayLike<number>, people: ArrayLike<number>): ClusteringAgreement {
  const imageCount = clusters.length;
  if (imageCount === 0 || people.length !== imageCount) {
    throw new OptionError(`clusteringAgreement: got ${imageCount} clusters for ${people.length} images`);
  }
  const clusterSizes = new Map<number, number>();
  const personSizes = new Map<number, number>();
  const tables = new Map<number, Map<number, number>>();
  let unassignedCount = 0;
  for (let image = 0; image < imageCount; image++) {
    const isUnassigned = clusters[image]! < 0;
    if (isUnassigned) unassignedCount++;
    // A number of its own for an image in no cluster.
    const cluster = isUnassigned ? -1 - image : clusters[image]!;
    const person = people[image]!;
    increment(clusterSizes, cluster);
    increment(personSizes, person);
    const table = tables.get(cluster) ?? new Map<number, number>();
    increment(table, person);
    tables.set(cluster, table);
  }
  let majority = 0;
  let together = 0;
  let precision = 0;
  let recall = 0;
  for (const [cluster, table] of tables) {
    if (cluster >= 0) majority += Math.max(...table.values());
    for (const [person, count] of table) {
      together += pairsOf(count);
      precision += count ** 2 / clusterSizes.get(cluster)!;
      recall += count ** 2 / personSizes.get(person)!;
    }
  }
  const clusteredPairs = sum(clusterSizes.values(), pairsOf);
  const personPairs = sum(personSizes.values(), pairsOf);
  const assigned = imageCount - unassignedCount;
  const pairPrecision = clusteredPairs === 0 ? 1 : together / clusteredPairs;
  const pairRecall = personPairs === 0 ? 1 : together / personPairs;
  const bcubedPrecision = precision / imageCount;
  const bcubedRecall = recall / imageCount;
  return {
    imageCount,
    personCount: personSizes.size,
    clusterCount: sum(clusterSizes.values(), (size) => Number(size > 1)),
    unassignedCount,
    purity: assigned === 0 ? 1 : majority / assigned,
    pairPrecision,
    pairRecall,
    pairF: harmonicMean(pairPrecision, pairRecall),
    bcubedPrecision,
    bcubedRecall,
    bcubedF: harmonicMean(bcubedPrecision, bcubedRecall),
  };
}

function increment(counts: Map<number, number>, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2;
}

function sum(values: Iterable<number>, term: (value: number) => number): number {
  let total = 0;
  for (const value of values) total += term(value);
  return total;
}

function harmonicMean(a: number, b: number): number {
  return a + b === 0 ? 0 : (2 * a * b) / (a + b);
}
