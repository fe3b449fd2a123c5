/** What became of one item: the value read from it, or the error that reading it ended in. */
export type ReadItem<T, R> = { readonly item: T; readonly outcome: PromiseSettledResult<R> };

/**
 * Reads items in their order while up to `depth` more are already being read: pictures are decoded on other threads while
 * a network runs on this one. An item that cannot be read does not end the rest.
 */
export async function* readAhead<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  read: (item: T) => Promise<R>,
  depth: number,
): AsyncGenerator<ReadItem<T, R>> {
  const waiting: { readonly item: T; readonly settled: Promise<readonly PromiseSettledResult<R>[]> }[] = [];
  async function next(): Promise<ReadItem<T, R>> {
    const { item, settled } = waiting.shift()!;
    return { item, outcome: (await settled)[0]! };
  }
  for await (const item of items) {
    waiting.push({ item, settled: Promise.allSettled([read(item)]) });
    if (waiting.length > depth) yield await next();
  }
  while (waiting.length > 0) yield await next();
}
