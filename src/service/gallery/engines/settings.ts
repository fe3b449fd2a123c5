/**
 * Settings of a session. An HNSW search examines `ef_search` candidates, and continues from there if some of them do
 * not belong to the answer. Compiling a query of milliseconds takes longer than running it, so `jit` is off.
 */
export const SEARCH_SETTINGS: Readonly<Record<string, string | number>> = {
  "hnsw.ef_search": 200,
  "hnsw.iterative_scan": "strict_order",
  jit: "off",
};
