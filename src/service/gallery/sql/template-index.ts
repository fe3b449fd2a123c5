/**
 * HNSW indexes, one for each collection. On a server an index of `halfvec` (f16) takes half the memory of one of f32.
 * WebAssembly has no instruction for f16, which makes building six times slower in PGlite, so f32 is used there. In
 * both cases scores are computed from the embeddings themselves.
 */
import type { Connection, Database } from "../engines/index.ts";

/**
 * Neighbors of a template in the graph, and candidates for them while it is built. pgvector's own 16 and 64 build in
 * less than half the time, and then need three times as many candidates of a search for the same recall
 * (docs/gallery.md).
 */
const GRAPH = "m = 24, ef_construction = 128";

/** pgvector's limit for an index of f32 numbers. */
const LARGEST_VECTOR = 2000;

/** The type that an index of embeddings of this size holds, such as "halfvec(512)". */
export function indexedType(engine: Database["engine"], size: number): string {
  return engine === "pglite" && size <= LARGEST_VECTOR ? `vector(${size})` : `halfvec(${size})`;
}

/**
 * Builds an index while others read and write; replaces one that an interrupted attempt left. Not inside a transaction.
 */
export async function createIndex(
  connection: Connection,
  { id, type }: { readonly id: number; readonly type: string },
): Promise<void> {
  await dropIndex(connection, id);
  const operators = type.startsWith("halfvec") ? "halfvec_ip_ops" : "vector_ip_ops";
  await connection.query(
    `create index concurrently ${indexName(id)} on templates
     using hnsw ((embedding::${type}) ${operators}) with (${GRAPH}) where collection_id = ${id}`,
  );
}

export async function dropIndex(connection: Connection, id: number): Promise<void> {
  await connection.query(`drop index if exists ${indexName(id)}`);
}

function indexName(id: number): string {
  return `templates_hnsw_${id}`;
}
