/**
 * HNSW indexes, one a collection. An index of `halfvec` (f16) takes half the memory of one of f32 and is built faster; the
 * order of near neighbors changes little, and scores come from the embeddings themselves.
 */
import type { Connection } from "../engines/index.ts";

/** Made beside reading and writing; an index that a broken-off attempt left is replaced. Not to be run in a transaction. */
export async function createIndex(
  connection: Connection,
  { id, size }: { readonly id: number; readonly size: number },
): Promise<void> {
  await dropIndex(connection, id);
  await connection.query(
    `create index concurrently ${indexName(id)} on templates
     using hnsw ((embedding::halfvec(${size})) halfvec_ip_ops) where collection_id = ${id}`,
  );
}

export async function dropIndex(connection: Connection, id: number): Promise<void> {
  await connection.query(`drop index if exists ${indexName(id)}`);
}

function indexName(id: number): string {
  return `templates_hnsw_${id}`;
}
