import { type Connection, queryOne } from "../engines/index.ts";

/** Most numbers in an embedding: the limit of HNSW over `halfvec`. */
export const LARGEST_SIZE = 4000;

/** A row of `collections`. */
export type CollectionRow = {
  readonly id: number;
  readonly name: string;
  readonly model: string;
  readonly size: number;
  readonly isIndexed: boolean;
  readonly templateCount: number;
  readonly createdAt: Date;
};

const COLUMNS = `
  id, name, model, size, is_indexed as "isIndexed", template_count as "templateCount", created_at as "createdAt"`;

/** Undefined when the name is taken. */
export async function insertCollection(
  connection: Connection,
  { name, model, size }: { readonly name: string; readonly model: string; readonly size: number },
): Promise<CollectionRow | undefined> {
  const [row] = await connection.query<CollectionRow>(
    `insert into collections (name, model, size) values ($1, $2, $3)
     on conflict (name) do nothing
     returning ${COLUMNS}`,
    [name, model, size],
  );
  return row;
}

export async function selectCollection(connection: Connection, name: string): Promise<CollectionRow | undefined> {
  const [row] = await connection.query<CollectionRow>(`select ${COLUMNS} from collections where name = $1`, [name]);
  return row;
}

export function selectCollections(connection: Connection): Promise<CollectionRow[]> {
  return connection.query<CollectionRow>(`select ${COLUMNS} from collections order by name`);
}

/** Deletes a collection with all its subjects, and returns their number. */
export async function deleteCollection(connection: Connection, id: number): Promise<number> {
  const { count } = await queryOne<{ count: number }>(
    connection,
    "select count(*)::integer as count from subjects where collection_id = $1",
    [id],
  );
  await connection.query("delete from collections where id = $1", [id]);
  return count;
}

export async function setIndexed(connection: Connection, id: number, isIndexed: boolean): Promise<void> {
  await connection.query("update collections set is_indexed = $2 where id = $1", [id, isIndexed]);
}

/** Notes that no collection has an index, and returns the names of those that had one. */
export async function clearIndexed(connection: Connection): Promise<string[]> {
  const rows = await connection.query<{ name: string }>(
    "update collections set is_indexed = false where is_indexed returning name",
  );
  return rows.map(({ name }) => name);
}

/**
 * The collection's next revision; undefined when it is gone. Every transaction that writes templates begins with it: it
 * locks the row, so that revisions become visible in their order, and the returned model cannot change until the end.
 */
export async function nextRevision(
  connection: Connection,
  id: number,
): Promise<{ readonly revision: number; readonly model: string } | undefined> {
  const [row] = await connection.query<{ revision: number; model: string }>(
    "update collections set revision = revision + 1 where id = $1 returning revision, model",
    [id],
  );
  return row;
}

/** Gives a collection another model, without an index. */
export async function updateModel(
  connection: Connection,
  id: number,
  { model, size }: { readonly model: string; readonly size: number },
): Promise<void> {
  await connection.query("update collections set model = $2, size = $3, is_indexed = false where id = $1", [
    id,
    model,
    size,
  ]);
}

export async function addToTemplateCount(connection: Connection, id: number, change: number): Promise<void> {
  await connection.query("update collections set template_count = template_count + $2 where id = $1", [id, change]);
}
