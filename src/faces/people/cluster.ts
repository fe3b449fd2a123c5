/**
 * Sorts faces of unknown people into people. Every face starts as a group of its own. The pairs of nearest neighbors
 * are visited from the highest score down, and the two groups of a pair are joined when the **mean** cosine over all
 * pairs between them reaches the threshold (average linkage); this repeats until no groups join.
 *
 * The mean separates people. DBSCAN and similar methods join two groups because of a single pair, and among n faces
 * there are n²/2 pairs: at any threshold that finds most of a person's photographs, some false pair links everybody to
 * everybody. docs/notes/recognition.md compares the two on LFW. The mean needs no matrix of scores: with Σ the sum of
 * a group's unit vectors it is ⟨Σ_a, Σ_b⟩ / (|a| |b|).
 */
import { OptionError, requireBetween, requireInteger, requireKnownKeys, requireObject } from "../../base/core/index.ts";
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
 * Sorts faces into people, whose number is not known. The same faces in the same order give the same clusters.
 *
 * @param embeddings need not have unit length.
 * @throws {OptionError} when an option is out of range, or a row is not finite (the message names it).
 */
export function cluster(embeddings: Embeddings, options: ClusterOptions): Clusters {
  requireObject("embeddings", embeddings);
  requireKnownKeys("options of cluster", options, { threshold: true, neighborCount: true, minimumSize: true });
  const { threshold, neighborCount = 40, minimumSize = 2 } = options;
  requireBetween("threshold", threshold, -1, 1);
  requireInteger("minimumSize", minimumSize, 2);
  if (embeddings.count === 0) throw new OptionError("got no faces, expected one or more");
  const groups = new Groups(normalizeEmbeddings(embeddings));
  let pairs = neighborPairs(embeddings, neighborCount, threshold);
  for (let joinedCount = -1; joinedCount !== 0; ) {
    joinedCount = 0;
    // Pairs within one group are dropped; a pair that did not join may do so once its groups have grown.
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
  for (const [index, neighbor] of rows.entries()) {
    const score = scores[index] ?? Number.NEGATIVE_INFINITY;
    if (score < threshold) continue;
    const row = Math.floor(index / width);
    const [left, right] = [Math.min(row, neighbor), Math.max(row, neighbor)];
    pairs.set(left * embeddings.count + right, { left, right, score });
  }
  const sorted = [...pairs.values()].sort((a, b) => b.score - a.score || a.left - b.left || a.right - b.right);
  return sorted.map(({ left, right }) => [left, right]);
}

/** Rows that were joined: a tree, whose root counts the rows and sums their unit vectors. */
type Group = { parent: Group | undefined; count: number; readonly sum: Float64Array };

/** Disjoint groups of rows. */
class Groups {
  readonly #ofRow: readonly Group[];

  constructor({ count, size, data }: Embeddings) {
    this.#ofRow = Array.from({ length: count }, (_, row) => {
      const sum = Float64Array.from(data.subarray(row * size, (row + 1) * size));
      return { parent: undefined, count: 1, sum };
    });
  }

  areOne(left: number, right: number): boolean {
    return this.#root(left) === this.#root(right);
  }

  /** Joins two groups if the mean cosine between them is at least the threshold; returns whether it did. */
  joinIf(left: number, right: number, threshold: number): boolean {
    const [a, b] = [this.#root(left), this.#root(right)];
    if (a === undefined || b === undefined || a === b) return false;
    const product = a.sum.reduce((total, number, i) => total + number * b.sum[i]!, 0);
    if (product < threshold * a.count * b.count) return false;
    for (const [i, number] of b.sum.entries()) a.sum[i]! += number;
    a.count += b.count;
    b.parent = a;
    return true;
  }

  labels(minimumSize: number): Clusters {
    const roots = this.#ofRow.map((_, row) => this.#root(row));
    const kept = [...new Set(roots)].filter((root) => root !== undefined && root.count >= minimumSize);
    // Sorting keeps the order of first faces among clusters of one size.
    kept.sort((a, b) => (b?.count ?? 0) - (a?.count ?? 0));
    const labelOf = new Map(kept.map((root, label) => [root, label]));
    const labels = Int32Array.from(roots, (root) => labelOf.get(root) ?? -1);
    const unassignedCount = labels.reduce((sum, label) => sum + Number(label < 0), 0);
    return { labels, clusterCount: kept.length, unassignedCount };
  }

  /** The root of a row's group; paths are halved on the way. */
  #root(row: number): Group | undefined {
    let at = this.#ofRow[row];
    while (at?.parent !== undefined) {
      at.parent = at.parent.parent ?? at.parent;
      at = at.parent;
    }
    return at;
  }
}
