/**
 * Cosines of features minus the mean feature of the training folds, for each fold in turn.
 *
 * Direct subtraction for each fold would cost three products and two differences per number of each pair. Instead ⟨a
 * − μ, b − μ⟩ = ⟨a, b⟩ − ⟨a, μ⟩ − ⟨b, μ⟩ + ⟨μ, μ⟩, where only the products with μ
 * depend on the fold: one product per number of each image.
 */
import { cosineOf, dotProduct, type Embeddings, rowOf, squaredLengths } from "./embeddings.ts";
import type { VerificationPair } from "./pair-scores.ts";

/**
 * A feature whose squared distance from the mean is below this share of its squared length counts as equal to the mean:
 * the difference is below the precision of f32 features, so its direction would be rounding noise.
 */
const SAME_AS_MEAN = 1e-13;

/**
 * Returns a function of the fold that gives the centered cosines of all pairs, in the order of the pairs. An image
 * counts in the mean once for each pair of the other folds that contains it.
 */
export function centeredCosines(
  embeddings: Embeddings,
  pairs: readonly VerificationPair[],
  foldCount: number,
): (fold: number) => Float32Array {
  const { count, size, data } = embeddings;
  const squares = squaredLengths("embeddings", embeddings);
  const products = pairs.map(({ left, right }) => {
    return { left, right, product: dotProduct(data, left * size, data, right * size, size) };
  });
  const folds = Array.from({ length: foldCount }, () => ({ sum: new Float64Array(size), rowCount: 0 }));
  for (const { left, right, fold } of pairs) {
    const own = folds[fold]!;
    for (let i = 0; i < size; i++) own.sum[i]! += data[left * size + i]! + data[right * size + i]!;
    own.rowCount += 2;
  }
  return (fold) => {
    const mean = new Float64Array(size);
    const others = folds.filter((_, other) => other !== fold);
    const rowCount = others.reduce((sum, other) => sum + other.rowCount, 0);
    for (const { sum } of others) for (const [i, value] of sum.entries()) mean[i]! += value / rowCount;
    const meanSquare = mean.reduce((sum, value) => sum + value * value, 0);
    const meanProducts = Float64Array.from({ length: count }, (_, row) => meanProduct(rowOf(embeddings, row), mean));
    const centeredSquares = squares.map((square, row) => {
      const centered = square - 2 * meanProducts[row]! + meanSquare;
      return centered > SAME_AS_MEAN * square ? centered : 0;
    });
    return Float32Array.from(products, ({ left, right, product }) => {
      const centered = product - meanProducts[left]! - meanProducts[right]! + meanSquare;
      return cosineOf(centered, centeredSquares[left]!, centeredSquares[right]!);
    });
  };
}

/** ⟨feature, mean⟩ in two partial sums. The mean stays in f64: rounding it would shift every feature. */
function meanProduct(feature: Float32Array, mean: Float64Array): number {
  let even = 0;
  let odd = 0;
  const whole = mean.length - (mean.length % 2);
  for (let i = 0; i < whole; i += 2) {
    even += feature[i]! * mean[i]!;
    odd += feature[i + 1]! * mean[i + 1]!;
  }
  if (whole < mean.length) even += feature[whole]! * mean[whole]!;
  return even + odd;
}
