import { OptionError, requireInteger } from "../../base/core/index.ts";
import type { Embeddings } from "./embeddings.ts";
import { CosineScan } from "./exact-scan.ts";
import { TopRows } from "./top-rows.ts";

/** The nearest neighbors of each embedding among the others, highest cosine first. */
export type NearestNeighbors = {
  /** Neighbors of each embedding: as many as requested, or all others when there are fewer. */
  readonly neighborCount: number;
  /** Rows, u32[count, neighborCount]. */
  readonly rows: Uint32Array;
  /** Their cosines, f32[count, neighborCount]. */
  readonly scores: Float32Array;
};

/**
 * Finds the nearest neighbors by cosine, exactly: every pair is compared once. Of equal scores the lower row comes
 * first.
 *
 * @throws {OptionError} when `neighborCount` < 1, there are no embeddings, or a row is not finite (the message names
 *   it).
 */
export function nearestNeighbors(embeddings: Embeddings, neighborCount: number): NearestNeighbors {
  requireInteger("neighborCount", neighborCount, 1);
  const scan = new CosineScan("embeddings", embeddings);
  const { count } = embeddings;
  if (count === 0) throw new OptionError("got no embeddings, expected at least one");
  const width = Math.min(neighborCount, count - 1);
  const lists = Array.from({ length: count }, () => new TopRows(width));
  for (const [left, own] of lists.entries()) {
    const cosines = scan.cosines(scan, left, left + 1);
    for (let i = 0; i < cosines.length; i++) {
      // Rounded to f32 before they are compared, as the result holds them.
      const cosine = Math.fround(cosines[i]!);
      own.offer(left + 1 + i, cosine);
      lists[left + 1 + i]!.offer(left, cosine);
    }
  }
  const rows = new Uint32Array(count * width);
  const scores = new Float32Array(count * width);
  for (const [row, list] of lists.entries()) {
    rows.set(list.rows, row * width);
    scores.set(list.scores, row * width);
  }
  return { neighborCount: width, rows, scores };
}
