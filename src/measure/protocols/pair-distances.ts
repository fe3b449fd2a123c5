/**
 * Distances of pairs in f64, as numpy computes them from embeddings in f32: ‖a/‖a‖ − b/‖b‖‖²,
 * in [0, 4]. A row of zeros, which stands for an image without a face, has cosine 0 and so distance 2 to every
 * other.
 */
import { OptionError, requireFields, requireInteger, requireKind } from "../../base/core/index.ts";
import type { Embeddings, VerificationPair } from "../eval/index.ts";

/**
 * Squared Euclidean distance of each pair's unit vectors.
 *
 * @param viewCount views that a row holds side by side; they are added in f64 before anything else. Default 1.
 * @throws {OptionError} when a pair names a row that does not exist, or its row is not finite.
 */
export function squaredPairDistances(
  embeddings: Embeddings,
  pairs: readonly Pick<VerificationPair, "left" | "right">[],
  viewCount = 1,
): Float64Array {
  requireFields("embeddings", embeddings, { count: "a number", size: "a number", data: "a list" });
  requireKind("pairs", pairs, "a list");
  requireInteger("viewCount", viewCount, 1);
  if (embeddings.size % viewCount !== 0) {
    throw new OptionError(`got rows of ${embeddings.size} numbers, expected ${viewCount} views of equal size`);
  }
  const units = new Map<number, Float64Array | undefined>();
  const unitOf = (row: number): Float64Array | undefined => {
    if (!units.has(row)) units.set(row, unitRow(embeddings, row, viewCount));
    return units.get(row);
  };
  return Float64Array.from(pairs, ({ left, right }) => {
    const [a, b] = [unitOf(left), unitOf(right)];
    if (a === undefined || b === undefined) return 2;
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
    return sum;
  });
}

/** A row's views added and divided by their length; undefined for zeros. */
function unitRow({ count, size, data }: Embeddings, row: number, viewCount: number): Float64Array | undefined {
  if (!(row >= 0 && row < count)) throw new OptionError(`got row ${row}, expected a row of the ${count} embeddings`);
  const length = size / viewCount;
  const sum = new Float64Array(length);
  for (let i = 0; i < size; i++) sum[i % length]! += data[row * size + i]!;
  const square = sum.reduce((total, value) => total + value * value, 0);
  if (!Number.isFinite(square)) throw new OptionError(`embeddings: row ${row} contains NaN or an infinite number`);
  return square === 0 ? undefined : sum.map((value) => value / Math.sqrt(square));
}
