import { OptionError, requireInteger } from "../../base/core/index.ts";
import { cosineOf, dotProduct, type Embeddings, squaredLengths } from "./embeddings.ts";

/** The nearest neighbors of each embedding among the others, highest cosine first. */
export type NearestNeighbors = {
  /** Neighbors of each embedding: `neighborCount`, or all others when there are fewer. */
  readonly neighborCount: number;
  /** Rows, u32[count, neighborCount]. */
  readonly rows: Uint32Array;
  /** Their cosines, f32[count, neighborCount]. */
  readonly scores: Float32Array;
};

/**
 * Finds the nearest neighbors by cosine, exactly: every pair is compared once. Of equal scores the lower row comes first.
 *
 * @throws {OptionError} when `neighborCount` < 1, there is no embedding, or a row is not finite (the message names it).
 */
export function nearestNeighbors(embeddings: Embeddings, neighborCount: number): NearestNeighbors {
  requireInteger("nearestNeighbors: neighborCount", neighborCount, 1);
  const { count, size, data } = embeddings;
  if (count === 0) throw new OptionError("nearestNeighbors: got no embeddings, expected one or more");
  const squares = squaredLengths("nearestNeighbors", embeddings);
  const width = Math.min(neighborCount, count - 1);
  const rows = new Uint32Array(count * width);
  const scores = new Float32Array(count * width).fill(Number.NEGATIVE_INFINITY);
  if (width === 0) return { neighborCount: width, rows, scores };
  /** Puts a neighbor in its place in the falling list of a row; rows are offered in rising order, so ties keep it. */
  const offer = (row: number, neighbor: number, score: number) => {
    const start = row * width;
    let place = start + width - 1;
    if (!(score > scores[place]!)) return;
    for (; place > start && score > scores[place - 1]!; place--) {
      scores[place] = scores[place - 1]!;
      rows[place] = rows[place - 1]!;
    }
    scores[place] = score;
    rows[place] = neighbor;
  };
  for (let left = 0; left < count; left++) {
    for (let right = left + 1; right < count; right++) {
      const product = dotProduct(data, left * size, data, right * size, size);
      const score = Math.fround(cosineOf(product, squares[left]!, squares[right]!));
      offer(left, right, score);
      offer(right, left, score);
    }
  }
  return { neighborCount: width, rows, scores };
}
