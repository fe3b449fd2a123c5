import { OptionError, requireInteger } from "../../base/core/index.ts";

/**
 * Cosines between all rows of two sets of vectors, one block at a time: ten thousand class centers have fifty million
 * pairs, which are read once and never stored together. Within a block, tiles of four rows and two columns use each
 * loaded number more than once.
 */

/** The cosines of some rows with some columns. */
export type CosineBlock = {
  readonly rowStart: number;
  readonly rowCount: number;
  readonly columnStart: number;
  readonly columnCount: number;
  /** Cosines of row `rowStart` + i with the columns of the block; the next block overwrites them. */
  readonly row: (i: number) => Float64Array;
};

/** Rows scaled to length 1, padded with zero rows to a whole number of blocks. */
export type UnitRows = { readonly count: number; readonly dimension: number; readonly values: Float64Array };

const BLOCK = 64;
const TILE_ROWS = 4;
const TILE_COLUMNS = 2;

/**
 * Scales the rows of `f32[count, dimension]` to length 1.
 *
 * @throws {OptionError} when the length is not count · dimension, or a row is zero or not finite and so has no
 *   direction.
 */
export function unitRows(what: string, values: Float32Array, count: number, dimension: number): UnitRows {
  requireInteger(`${what}: count`, count, 1);
  requireInteger(`${what}: dimension`, dimension, 1);
  if (!(values instanceof Float32Array))
    throw new OptionError(`${what}: got ${typeof values}, expected a Float32Array`);
  if (values.length !== count * dimension) {
    throw new OptionError(
      `${what}: got ${values.length} numbers, expected ${count} × ${dimension} = ${count * dimension}`,
    );
  }
  const units = new Float64Array(Math.ceil(count / BLOCK) * BLOCK * dimension);
  for (let row = 0; row < count; row++) {
    const vector = values.subarray(row * dimension, (row + 1) * dimension);
    let squared = 0;
    for (const value of vector) squared += value * value;
    const length = Math.sqrt(squared);
    if (!(length > 0 && Number.isFinite(length))) {
      throw new OptionError(`${what}: row ${row} has length ${length}, expected a finite vector other than zero`);
    }
    let k = row * dimension;
    for (const value of vector) units[k++] = value / length;
  }
  return { count, dimension, values: units };
}

/** Blocks of all pairs of a row and a column. */
export function* cosineBlocks(rows: UnitRows, columns: UnitRows): Generator<CosineBlock> {
  const cosines = new Float64Array(BLOCK * BLOCK);
  for (let rowStart = 0; rowStart < rows.count; rowStart += BLOCK) {
    for (let columnStart = 0; columnStart < columns.count; columnStart += BLOCK) {
      yield block(rows, columns, rowStart, columnStart, cosines);
    }
  }
}

/** Blocks on and above the diagonal of the pairs of one set: every pair i < j is in one block. */
export function* pairBlocks(rows: UnitRows): Generator<CosineBlock> {
  const cosines = new Float64Array(BLOCK * BLOCK);
  for (let rowStart = 0; rowStart < rows.count; rowStart += BLOCK) {
    for (let columnStart = rowStart; columnStart < rows.count; columnStart += BLOCK) {
      yield block(rows, rows, rowStart, columnStart, cosines);
    }
  }
}

function block(a: UnitRows, b: UnitRows, rowStart: number, columnStart: number, cosines: Float64Array): CosineBlock {
  for (let i = 0; i < BLOCK; i += TILE_ROWS) {
    for (let j = 0; j < BLOCK; j += TILE_COLUMNS) {
      multiplyTile(a.values, rowStart + i, b.values, columnStart + j, a.dimension, cosines, i * BLOCK + j);
    }
  }
  const rowCount = Math.min(BLOCK, a.count - rowStart);
  const columnCount = Math.min(BLOCK, b.count - columnStart);
  const row = (i: number) => cosines.subarray(i * BLOCK, i * BLOCK + columnCount);
  return { rowStart, rowCount, columnStart, columnCount, row };
}

/** Four rows by two columns, unrolled so that the eight sums and six factors stay in registers. */
function multiplyTile(
  a: Float64Array,
  row: number,
  b: Float64Array,
  column: number,
  dimension: number,
  cosines: Float64Array,
  at: number,
): void {
  let [p, q] = [row * dimension, column * dimension];
  let [s00, s01, s10, s11, s20, s21, s30, s31] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (const end = p + dimension; p < end; p++, q++) {
    const b0 = b[q]!;
    const b1 = b[q + dimension]!;
    const a0 = a[p]!;
    s00 += a0 * b0;
    s01 += a0 * b1;
    const a1 = a[p + dimension]!;
    s10 += a1 * b0;
    s11 += a1 * b1;
    const a2 = a[p + 2 * dimension]!;
    s20 += a2 * b0;
    s21 += a2 * b1;
    const a3 = a[p + 3 * dimension]!;
    s30 += a3 * b0;
    s31 += a3 * b1;
  }
  cosines[at] = s00;
  cosines[at + 1] = s01;
  cosines[at + BLOCK] = s10;
  cosines[at + BLOCK + 1] = s11;
  cosines[at + 2 * BLOCK] = s20;
  cosines[at + 2 * BLOCK + 1] = s21;
  cosines[at + 3 * BLOCK] = s30;
  cosines[at + 3 * BLOCK + 1] = s31;
}
