/** One item, with the value that was read from it or the error that reading it ended in. */
export type ReadItem<T, R> = { readonly item: T; readonly outcome: PromiseSettledResult<R> };

/**
 * Reads items in their order while up to `depth` more are already being read: images are decoded on other threads while
 * a network runs on this one. An item that cannot be read does not end the rest.
 */
export async function* readAhead<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  read: (item: T) => Promise<R>,
  depth: number,
): AsyncGenerator<ReadItem<T, R>> {
  const waiting: Promise<ReadItem<T, R>>[] = [];
  const start = async (item: T): Promise<ReadItem<T, R>> => {
    try {
      return { item, outcome: { status: "fulfilled", value: await read(item) } };
    } catch (reason) {
      return { item, outcome: { status: "rejected", reason } };
    }
  };
  for await (const item of items) {
    waiting.push(start(item));
    const [first] = waiting;
    if (first === undefined || waiting.length <= depth) continue;
    waiting.shift();
    yield await first;
  }
  for (const rest of waiting) yield await rest;
}
