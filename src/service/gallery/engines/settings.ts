/**
 * Settings of a session. An HNSW search looks at `ef_search` candidates, and goes on from there when rows that do not belong
 * to the answer were among them. Compiling a query that takes milliseconds takes longer than running it, so `jit` is off.
 */
export const SEARCH_SETTINGS: Readonly<Record<string, string | number>> = {
  "hnsw.ef_search": 200,
  "hnsw.iterative_scan": "strict_order",
  jit: "off",
};
