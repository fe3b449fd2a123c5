/**
 * Faces of unknown people, sorted into people. Every face starts alone. The pairs of nearest neighbors are walked
 * through from the most alike down, and the two groups that a pair belongs to become one when the **mean** cosine over
 * all pairs between them reaches the threshold (average linkage); this repeats until nothing joins any more.
 *
 * The mean is what keeps people apart. DBSCAN and its kin join two groups for the sake of a single pair, and among n
 * faces there are n²/2 pairs: at any threshold that finds most of a person's photographs, some false pair links
 * everybody to everybody. docs/recognition.md compares the two on LFW. The mean needs no matrix of scores: with Σ the sum
 * of a group's unit vectors it is ⟨Σ_a, Σ_b⟩ / (|a| |b|).
 */
import { OptionError, requireBetween, requireInteger } from "../../base/core/index.ts";
import { type Embeddings, nearestNeighbors, normalizeEmbeddings } from "../../measure/eval/index.ts";

/** How faces are clustered. */
export type ClusterOptions = {
  /** Lowest mean cosine between two groups that become one, in [−1, 1]. */
  readonly threshold: number;
  /** Nearest neighbors of each face through which groups can meet, default 40. */
  readonly neighborCount?: number;
  /** Fewest faces of a cluster; smaller groups are unassigned. At least 2, the default. */
  readonly minimumSize?: number;
};

/** Clusters of faces. */
export type Clusters = {
  /** Cluster of each face, 0, 1, … from the largest to the smallest, or −1: unassigned. */
  readonly labels: Int32Array;
  readonly clusterCount: number;
  readonly unassignedCount: number;
};

/**
 * Sorts faces into people, without knowing how many there are. The same faces in the same order give the same clusters.
 *
 * @param embeddings need not have unit length.
 * @throws {OptionError} when an option is out of range, or a row is not finite (the message names it).
 */
export function cluster(
  embeddings: Embeddings,
  { threshold, neighborCount = 40, minimumSize = 2 }: ClusterOptions,
): Clusters {
  requireBetween("cluster: threshold", threshold, -1, 1);
  requireInteger("cluster: minimumSize", minimumSize, 2);
  if (embeddings.count === 0) throw new OptionError("cluster: got no faces, expected one or more");
  const groups = new Groups(normalizeEmbeddings(embeddings));
  let pairs = neighborPairs(embeddings, neighborCount, threshold);
  for (let joinedCount = -1; joinedCount !== 0; ) {
    joinedCount = 0;
    // Pairs within one group are done with; a pair that did not join may do so once its groups have grown.
    pairs = pairs.filter(([left, right]) => {
      const isJoined = groups.joinIf(left, right, threshold);
      joinedCount += Number(isJoined);
      return !groups.areOne(left, right);
    });
  }
  return groups.labels(minimumSize);
}

/** Pairs of neighbors that score at least the threshold, each once, from the highest score down. */
function neighborPairs(
  embeddings: Embeddings,
  neighborCount: number,
  threshold: number,
): (readonly [number, number])[] {
  const { neighborCount: width, rows, scores } = nearestNeighbors(embeddings, neighborCount);
  const pairs = new Map<number, { left: number; right: number; score: number }>();
  for (const [place, score] of scores.entries()) {
    if (score < threshold) continue;
    const row = Math.floor(place / width);
    const [left, right] = [Math.min(row, rows[place]!), Math.max(row, rows[place]!)];
    pairs.set(left * embeddings.count + right, { left, right, score });
  }
  const sorted = [...pairs.values()].sort((a, b) => b.score - a.score || a.left - b.left || a.right - b.right);
  return sorted.map(({ left, right }) => [left, right]);
}

/** Disjoint groups of rows, each with the sum of its unit vectors. */
class Groups {
  readonly #size: number;
  readonly #parents: Uint32Array;
  readonly #counts: Uint32Array;
  readonly #sums: Float64Array;

  constructor({ count, size, data }: Embeddings) {
    this.#size = size;
    this.#parents = Uint32Array.from({ length: count }, (_, row) => row);
    this.#counts = new Uint32Array(count).fill(1);
    this.#sums = Float64Array.from(data);
  }

  areOne(left: number, right: number): boolean {
    return this.#root(left) === this.#root(right);
  }

  /** Makes two groups one if the mean cosine between them is at least the threshold; says whether it did. */
  joinIf(left: number, right: number, threshold: number): boolean {
    const [a, b] = [this.#root(left), this.#root(right)];
    if (a === b) return false;
    const [startA, startB] = [a * this.#size, b * this.#size];
    let product = 0;
    for (let i = 0; i < this.#size; i++) product += this.#sums[startA + i]! * this.#sums[startB + i]!;
    if (product < threshold * this.#counts[a]! * this.#counts[b]!) return false;
    for (let i = 0; i < this.#size; i++) this.#sums[startA + i]! += this.#sums[startB + i]!;
    this.#counts[a]! += this.#counts[b]!;
    this.#parents[b] = a;
    return true;
  }

  labels(minimumSize: number): Clusters {
    const roots = Uint32Array.from(this.#parents, (_, row) => this.#root(row));
    const kept = [...new Set(roots)].filter((root) => this.#counts[root]! >= minimumSize);
    // Sorting keeps the order of first faces among clusters of one size.
    kept.sort((a, b) => this.#counts[b]! - this.#counts[a]!);
    const labelOf = new Map(kept.map((root, label) => [root, label]));
    const labels = Int32Array.from(roots, (root) => labelOf.get(root) ?? -1);
    const unassignedCount = labels.reduce((sum, label) => sum + Number(label < 0), 0);
    return { labels, clusterCount: kept.length, unassignedCount };
  }

  /** The row that stands for a group; paths are halved on the way. */
  #root(row: number): number {
    const parents = this.#parents;
    let at = row;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!;
      at = parents[at]!;
    }
    return at;
  }
}
