import type { Connection } from "../engines/index.ts";

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

/** Nothing when the name is taken. */
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

/** With all its subjects, and tells how many they were. */
export async function deleteCollection(connection: Connection, id: number): Promise<number> {
  const [row] = await connection.query<{ count: number }>(
    "select count(*)::integer as count from subjects where collection_id = $1",
    [id],
  );
  await connection.query("delete from collections where id = $1", [id]);
  return row!.count;
}

export async function setIndexed(connection: Connection, id: number, isIndexed: boolean): Promise<void> {
  await connection.query("update collections set is_indexed = $2 where id = $1", [id, isIndexed]);
}

/**
 * The collection's next revision; nothing when it is gone. It comes first in every transaction that writes templates: it
 * locks the row, so that revisions become visible in their order.
 */
export async function nextRevision(connection: Connection, id: number): Promise<number | undefined> {
  const [row] = await connection.query<{ revision: number }>(
    "update collections set revision = revision + 1 where id = $1 returning revision",
    [id],
  );
  return row?.revision;
}

export async function addToTemplateCount(connection: Connection, id: number, change: number): Promise<void> {
  await connection.query("update collections set template_count = template_count + $2 where id = $1", [id, change]);
}
