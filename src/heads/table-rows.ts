/** Borrowing rows of a table f32[identities, size] that is too large to copy, and giving them back. */

/** Copies the rows of some identities, in rising order, into `into`. */
export function gatherRows(table: Float32Array, identities: Uint32Array, size: number, into: Float32Array): void {
  for (const { identity, place, count } of runs(identities)) {
    into.set(table.subarray(identity * size, (identity + count) * size), place * size);
  }
}

/** Copies rows back to where they were gathered. */
export function scatterRows(table: Float32Array, identities: Uint32Array, size: number, rows: Float32Array): void {
  for (const { identity, place, count } of runs(identities)) {
    table.set(rows.subarray(place * size, (place + count) * size), identity * size);
  }
}

/** Neighbors in the table are copied at once: `count` identities from `identity` on, at `place` among those borrowed. */
function* runs(identities: Uint32Array): Generator<{ identity: number; place: number; count: number }> {
  for (let place = 0; place < identities.length; ) {
    const identity = identities[place]!;
    let count = 1;
    while (identities[place + count] === identity + count) count++;
    yield { identity, place, count };
    place += count;
  }
}
