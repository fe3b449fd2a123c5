/**
 * Cosines of features from which the mean feature of the training folds has been subtracted, for each fold in turn.
 *
 * Subtracting anew for each fold would cost three products and two differences for each number of each pair. Instead
 * ⟨a − μ, b − μ⟩ = ⟨a, b⟩ − ⟨a, μ⟩ − ⟨b, μ⟩ + ⟨μ, μ⟩, of which only ⟨a, μ⟩ changes with the fold: one product for each
 * number of each image.
 */
import { cosineOf, dotProduct, type Embeddings, squaredLengths } from "./embeddings.ts";
import type { VerificationPair } from "./pair-scores.ts";

/**
 * A feature closer to the mean than this share of its squared length is the mean: its differences are below the
 * precision of f32 features, and rounding would give them a direction that they do not have.
 */
const SAME_AS_MEAN = 1e-13;

/**
 * Gives for each fold the centered cosines of all pairs, in the pairs' order. An image counts in the mean as often as
 * the other folds' pairs name it.
 */
export function centeredCosines(
  embeddings: Embeddings,
  pairs: readonly VerificationPair[],
  foldCount: number,
): (fold: number) => Float32Array {
  const { count, size, data } = embeddings;
  const squares = squaredLengths("verifyTenFold", embeddings);
  const products = Float64Array.from(pairs, ({ left, right }) =>
    dotProduct(data, left * size, data, right * size, size),
  );
  const foldSums = Array.from({ length: foldCount }, () => new Float64Array(size));
  const foldRowCounts = new Uint32Array(foldCount);
  for (const { left, right, fold } of pairs) {
    const sum = foldSums[fold]!;
    for (let i = 0; i < size; i++) sum[i]! += data[left * size + i]! + data[right * size + i]!;
    foldRowCounts[fold]! += 2;
  }
  return (fold) => {
    const mean = new Float64Array(size);
    const rowCount = 2 * pairs.length - foldRowCounts[fold]!;
    for (const [other, sum] of foldSums.entries()) {
      if (other !== fold) for (let i = 0; i < size; i++) mean[i]! += sum[i]! / rowCount;
    }
    const meanSquare = mean.reduce((sum, value) => sum + value * value, 0);
    const meanProducts = Float64Array.from({ length: count }, (_, row) => meanProduct(data, row * size, mean));
    const centeredSquare = (row: number) => {
      const square = squares[row]! - 2 * meanProducts[row]! + meanSquare;
      return square > SAME_AS_MEAN * squares[row]! ? square : 0;
    };
    return Float32Array.from(pairs, ({ left, right }, i) => {
      const product = products[i]! - meanProducts[left]! - meanProducts[right]! + meanSquare;
      return cosineOf(product, centeredSquare(left), centeredSquare(right));
    });
  };
}

/** Σ data[start + i] · mean[i], in two sums. The mean stays in f64: rounding it would move every feature. */
function meanProduct(data: Float32Array, start: number, mean: Float64Array): number {
  let even = 0;
  let odd = 0;
  const whole = mean.length - (mean.length % 2);
  for (let i = 0; i < whole; i += 2) {
    even += data[start + i]! * mean[i]!;
    odd += data[start + i + 1]! * mean[i + 1]!;
  }
  if (whole < mean.length) even += data[start + whole]! * mean[whole]!;
  return even + odd;
}
