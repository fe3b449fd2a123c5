import { OptionError, requireInteger } from "../../base/core/index.ts";

/**
 * Cosines between all rows of two sets of vectors, a block at a time: ten thousand class centers have fifty million
 * pairs, which are looked at once and never held together. Inside a block, four rows meet two columns, so that each
 * number loaded is used more than once.
 */

/** Some rows against some columns: `cosines[i · stride + j]` is that of rowStart + i and columnStart + j. */
export type CosineBlock = {
  readonly rowStart: number;
  readonly rowCount: number;
  readonly columnStart: number;
  readonly columnCount: number;
  readonly stride: number;
  readonly cosines: Float64Array;
};

/** Rows scaled to length 1, padded with zero rows to a whole number of blocks. */
export type UnitRows = { readonly count: number; readonly dimension: number; readonly values: Float64Array };

const BLOCK = 64;
const TILE_ROWS = 4;
const TILE_COLUMNS = 2;

/**
 * Scales the rows of `f32[count, dimension]` to length 1.
 *
 * @throws {OptionError} when the length is not count · dimension, or a row has no direction (zero, NaN or infinite).
 */
export function unitRows(where: string, values: Float32Array, count: number, dimension: number): UnitRows {
  requireInteger(`${where}: count`, count, 1);
  requireInteger(`${where}: dimension`, dimension, 1);
  if (values.length !== count * dimension) {
    throw new OptionError(
      `${where}: got ${values.length} numbers, expected ${count} × ${dimension} = ${count * dimension}`,
    );
  }
  const units = new Float64Array(Math.ceil(count / BLOCK) * BLOCK * dimension);
  for (let row = 0; row < count; row++) {
    let squared = 0;
    for (let k = row * dimension; k < (row + 1) * dimension; k++) squared += values[k]! * values[k]!;
    const length = Math.sqrt(squared);
    if (!(length > 0 && Number.isFinite(length))) {
      throw new OptionError(`${where}: row ${row} has length ${length}, expected a finite vector that is not zero`);
    }
    for (let k = row * dimension; k < (row + 1) * dimension; k++) units[k] = values[k]! / length;
  }
  return { count, dimension, values: units };
}

/** Blocks of all pairs of a row and a column. The array of cosines is used again for the next block. */
export function* cosineBlocks(rows: UnitRows, columns: UnitRows): Generator<CosineBlock> {
  const cosines = new Float64Array(BLOCK * BLOCK);
  for (let rowStart = 0; rowStart < rows.count; rowStart += BLOCK) {
    for (let columnStart = 0; columnStart < columns.count; columnStart += BLOCK) {
      yield block(rows, columns, rowStart, columnStart, cosines);
    }
  }
}

/** Blocks on and above the diagonal of one set against itself: every pair i < j is in one of them. */
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
  return { rowStart, rowCount, columnStart, columnCount, stride: BLOCK, cosines };
}

/** Four rows against two columns, written out: the eight sums and six factors then stay in registers. */
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
