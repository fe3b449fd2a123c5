/**
 * Agreement of clusters of faces with people. Clusters and people are both partitions of the images, so every measure
 * follows from one table: n_cp, the number of images of person p in cluster c. An unassigned image (label −1) counts
 * as a cluster of one image; if it were left out, an algorithm could choose the images that it is evaluated on.
 */
import { OptionError } from "../../base/core/index.ts";

/** Agreement of clusters with people; each measure is in [0, 1], 1 for the true partition. */
export type ClusteringAgreement = {
  readonly imageCount: number;
  readonly personCount: number;
  /** Clusters of two or more images; clusters of one image and unassigned images do not count. */
  readonly clusterCount: number;
  /** Images without a cluster. */
  readonly unassignedCount: number;
  /**
   * Σ_c max_p n_cp / n over assigned images: the share of images that show the most frequent person of their cluster.
   * It does not fall when a person is split over many clusters. 1 when no image is assigned.
   */
  readonly purity: number;
  /** Share of the pairs of images in one cluster that show one person; 1 when no two images share a cluster. */
  readonly pairPrecision: number;
  /** Share of the pairs of images of one person that share a cluster; 1 when no person has two images. */
  readonly pairRecall: number;
  /** Harmonic mean of the two. Frequent people dominate it, since a person with n images has n(n − 1)/2 pairs. */
  readonly pairF: number;
  /** Mean over images of the share of the image's cluster that shows the same person. */
  readonly bcubedPrecision: number;
  /** Mean over images of the share of the person's images that are in the image's cluster. */
  readonly bcubedRecall: number;
  /** Harmonic mean of the two; every image has the same weight. */
  readonly bcubedF: number;
};

/**
 * Compares clusters with people.
 *
 * @param clusters the cluster of each image: any whole number ≥ 0, or −1 for an unassigned image.
 * @param people the person of each image: any numbers.
 * @throws {OptionError} when there are no images, or counts differ.
 * @see Amigó et al., A comparison of extrinsic clustering evaluation metrics, Information Retrieval 12, 2009:
 *   https://doi.org/10.1007/s10791-008-9066-8
 */
export function clusteringAgreement(clusters: ArrayLike<number>, people: ArrayLike<number>): ClusteringAgreement {
  for (const [what, labels] of Object.entries({ clusters, people })) {
    if (!Array.isArray(labels) && !ArrayBuffer.isView(labels)) {
      throw new OptionError(`${what}: got ${typeof labels}, expected an array of numbers`);
    }
  }
  const imageCount = clusters.length;
  if (imageCount === 0 || people.length !== imageCount) {
    throw new OptionError(
      `got ${imageCount} clusters and ${people.length} people, expected one of each for every image`,
    );
  }
  const clusterSizes = new Map<number, number>();
  const personSizes = new Map<number, number>();
  for (const person of Array.from(people)) increment(personSizes, person);
  const tables = new Map<number, Map<number, number>>();
  let unassignedCount = 0;
  for (const [image, label] of Array.from(clusters).entries()) {
    const isUnassigned = label < 0;
    if (isUnassigned) unassignedCount++;
    // Each unassigned image gets a negative number that no other image has.
    const cluster = isUnassigned ? -1 - image : label;
    const person = people[image] ?? Number.NaN;
    increment(clusterSizes, cluster);
    const table = tables.get(cluster) ?? new Map<number, number>();
    increment(table, person);
    tables.set(cluster, table);
  }
  let majority = 0;
  let together = 0;
  let precision = 0;
  let recall = 0;
  for (const [cluster, table] of tables) {
    const clusterSize = sum(table.values(), (count) => count);
    if (cluster >= 0) majority += Math.max(...table.values());
    for (const [person, count] of table) {
      together += pairsOf(count);
      precision += count ** 2 / clusterSize;
      recall += count ** 2 / (personSizes.get(person) ?? Number.NaN);
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
