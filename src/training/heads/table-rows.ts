import { at } from "../losses/index.ts";

/** Writes rows [count, size] into a table f32[rows, size] at indices in rising order. */
export function scatterRows(table: Float32Array, indices: Uint32Array, size: number, rows: Float32Array): void {
  for (let from = 0; from < indices.length; ) {
    const start = at(indices, from);
    // Neighbors in the table are copied at once.
    let count = 1;
    while (indices[from + count] === start + count) count++;
    table.set(rows.subarray(from * size, (from + count) * size), start * size);
    from += count;
  }
}
