/** Writes rows [count, size] to the places of some identities, in rising order, in a table f32[identities, size]. */
export function scatterRows(table: Float32Array, identities: Uint32Array, size: number, rows: Float32Array): void {
  for (let place = 0; place < identities.length; ) {
    const identity = identities[place]!;
    // Neighbors in the table are copied at once.
    let count = 1;
    while (identities[place + count] === identity + count) count++;
    table.set(rows.subarray(place * size, (place + count) * size), identity * size);
    place += count;
  }
}
