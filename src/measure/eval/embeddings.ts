import { OptionError, ShapeError } from "../../base/core/index.ts";

/** Embeddings of images, row-major f32[count, size]. They need not have unit length. */
export type Embeddings = { readonly count: number; readonly size: number; readonly data: Float32Array };

/**
 * Squared length of each row.
 *
 * @throws {ShapeError} when `data` is not `count` × `size` numbers.
 * @throws {OptionError} that names the first row with a number that is not finite.
 */
export function squaredLengths(what: string, { count, size, data }: Embeddings): Float64Array {
  if (!Number.isSafeInteger(count) || !Number.isSafeInteger(size) || size < 1 || data.length !== count * size) {
    throw new ShapeError(`${what}: got ${data.length} numbers, expected ${count} rows of ${size}`);
  }
  const squared = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    squared[row] = dotProduct(data, row * size, data, row * size, size);
    // A sum of squares of f32 numbers cannot overflow f64, so it is finite exactly when all of them are.
    if (!Number.isFinite(squared[row])) throw new OptionError(`${what}: row ${row} holds a number that is not finite`);
  }
  return squared;
}

/** Σ a[startA + i] · b[startB + i] in f64, in four sums: one would wait for each addition before the next. */
export function dotProduct(a: Float32Array, startA: number, b: Float32Array, startB: number, size: number): number {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  const whole = size - (size % 4);
  for (let i = 0; i < whole; i += 4) {
    sum0 += a[startA + i]! * b[startB + i]!;
    sum1 += a[startA + i + 1]! * b[startB + i + 1]!;
    sum2 += a[startA + i + 2]! * b[startB + i + 2]!;
    sum3 += a[startA + i + 3]! * b[startB + i + 3]!;
  }
  for (let i = whole; i < size; i++) sum0 += a[startA + i]! * b[startB + i]!;
  return sum0 + sum1 + (sum2 + sum3);
}

/**
 * Cosine in [−1, 1] from an inner product and two squared lengths. A vector of zeros has no direction: its cosine to
 * anything is taken as 0, as if it were orthogonal to all, so that a collapsed network scores ties and not NaN.
 */
export function cosineOf(product: number, squaredLeft: number, squaredRight: number): number {
  if (squaredLeft === 0 || squaredRight === 0) return 0;
  return Math.min(1, Math.max(-1, product / (Math.sqrt(squaredLeft) * Math.sqrt(squaredRight))));
}

/**
 * Cosine of the angle between two embeddings of any length, in [−1, 1]; 0 when one of them is all zeros.
 *
 * @throws {OptionError} when their sizes differ, or one holds a number that is not finite.
 */
export function cosineSimilarity(left: Float32Array, right: Float32Array): number {
  const size = left.length;
  if (size !== right.length) {
    throw new OptionError(`cosineSimilarity: got embeddings of ${size} and ${right.length} numbers, expected one size`);
  }
  const [squaredLeft, squaredRight] = [left, right].map(
    (data, i) => squaredLengths(`cosineSimilarity: ${i === 0 ? "left" : "right"}`, { count: 1, size, data })[0]!,
  );
  return cosineOf(dotProduct(left, 0, right, 0, size), squaredLeft!, squaredRight!);
}

/**
 * Rows divided by their length. A row of zeros stays zero.
 *
 * @throws {ShapeError} when `data` is not `count` × `size` numbers.
 * @throws {OptionError} that names the first row with a number that is not finite.
 */
export function normalizeEmbeddings(embeddings: Embeddings): Embeddings {
  const { count, size, data } = embeddings;
  const squared = squaredLengths("normalizeEmbeddings", embeddings);
  const unit = new Float32Array(data.length);
  for (let row = 0; row < count; row++) {
    const length = Math.sqrt(squared[row]!) || 1;
    for (let i = row * size; i < (row + 1) * size; i++) unit[i] = data[i]! / length;
  }
  return { count, size, data: unit };
}
