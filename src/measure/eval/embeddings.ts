import { OptionError, ShapeError } from "../../base/core/index.ts";

/** Embeddings of images: a matrix, row-major f32[count, size]. Rows need not have unit length. */
export type Embeddings = { readonly count: number; readonly size: number; readonly data: Float32Array };

/** One row of a matrix, as a view: writing to it changes the matrix. */
export function rowOf({ data, size }: Embeddings, row: number): Float32Array {
  return data.subarray(row * size, (row + 1) * size);
}

/**
 * Squared length of each row.
 *
 * @param what what the embeddings are, for the error.
 * @throws {ShapeError} when `data` is not `count` × `size` numbers.
 * @throws {OptionError} when `data` is not a Float32Array, or a row is not finite (the message gives the first such
 *   row).
 */
export function squaredLengths(what: string, embeddings: Embeddings): Float64Array {
  const { count, size, data } = embeddings ?? {};
  if (!(data instanceof Float32Array)) {
    throw new OptionError(`${what}: got no Float32Array in 'data', expected { count, size, data }`);
  }
  if (!Number.isSafeInteger(count) || !Number.isSafeInteger(size) || size < 1 || data.length !== count * size) {
    throw new ShapeError(`${what}: got ${data.length} numbers, expected ${count} rows of ${size}`);
  }
  const squared = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const square = dotProduct(data, row * size, data, row * size, size);
    // A sum of squares of f32 numbers cannot overflow f64, so it is finite exactly when all of them are.
    if (!Number.isFinite(square)) throw new OptionError(`${what}: row ${row} contains NaN or an infinite number`);
    squared[row] = square;
  }
  return squared;
}

/** Σ a[startA + i] · b[startB + i] in f64. Four partial sums, because each addition to one sum waits for the last. */
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
 * Cosine in [−1, 1] from an inner product and two squared lengths. A zero vector has no direction: its cosine with
 * any vector is defined as 0 (orthogonal), so that a collapsed network gives ties instead of NaN.
 */
export function cosineOf(product: number, squaredLeft: number, squaredRight: number): number {
  if (squaredLeft === 0 || squaredRight === 0) return 0;
  return Math.min(1, Math.max(-1, product / (Math.sqrt(squaredLeft) * Math.sqrt(squaredRight))));
}

/**
 * Cosine of the angle between two embeddings of any length, in [−1, 1]; 0 when one of them is a zero vector.
 *
 * @throws {OptionError} when an argument is not a Float32Array, sizes differ, or a number is not finite.
 */
export function cosineSimilarity(left: Float32Array, right: Float32Array): number {
  const squareOf = (what: string, data: Float32Array): number => {
    if (!(data instanceof Float32Array)) {
      throw new OptionError(`${what} embedding: got ${typeof data}, expected a Float32Array`);
    }
    const square = dotProduct(data, 0, data, 0, data.length);
    if (!Number.isFinite(square)) throw new OptionError(`${what} embedding: contains NaN or an infinite number`);
    return square;
  };
  const [squaredLeft, squaredRight] = [squareOf("left", left), squareOf("right", right)];
  const size = left.length;
  if (size !== right.length || size === 0) {
    throw new OptionError(`got embeddings of ${size} and ${right.length} numbers, expected two of the same size`);
  }
  return cosineOf(dotProduct(left, 0, right, 0, size), squaredLeft, squaredRight);
}

/**
 * Rows divided by their length. A row of zeros stays zero.
 *
 * @throws {ShapeError} when `data` is not `count` × `size` numbers.
 * @throws {OptionError} when a row is not finite (the message gives the first such row).
 */
export function normalizeEmbeddings(embeddings: Embeddings): Embeddings {
  const squares = squaredLengths("embeddings", embeddings);
  const { count, size, data } = embeddings;
  const unit = { count, size, data: data.slice() };
  for (const [row, square] of squares.entries()) {
    const length = Math.sqrt(square) || 1;
    for (let i = row * size; i < (row + 1) * size; i++) unit.data[i]! /= length;
  }
  return unit;
}
