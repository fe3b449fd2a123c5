/**
 * Rows of the tables as JSON that PostgreSQL itself writes and reads: numbers keep their bits, times their
 * microseconds, and columns that a later schema adds are included.
 */
import { type Connection, queryOne } from "../engines/index.ts";

/** All tables of a gallery, such that each refers only to those before it. */
export const TABLES = [
  "collections",
  "subjects",
  "templates",
  "thumbnails",
  "api_keys",
  "audit_entries",
  "calibrations",
  "encryption_keys",
] as const;

/** Name of a table. */
export type Table = (typeof TABLES)[number];

/** Tables whose ids the database counts. */
const COUNTED = ["collections", "audit_entries"] as const;

/** Lets the whole transaction see the data of this moment. Must be its first statement. */
export async function freezeSnapshot(connection: Connection): Promise<void> {
  await connection.query("set transaction isolation level repeatable read");
}

/** The rows of a table as texts of JSON, fetched `limit` at a time, within a transaction. */
export async function* selectRows(connection: Connection, table: Table, limit: number): AsyncGenerator<string> {
  await connection.query(`declare backup no scroll cursor for select to_json(${table})::text as row from ${table}`);
  for (;;) {
    const rows = await connection.query<{ row: string }>(`fetch ${limit} from backup`);
    for (const { row } of rows) yield row;
    if (rows.length < limit) break;
  }
  await connection.query("close backup");
}

/** Inserts rows that {@link selectRows} returned. */
export async function insertRows(connection: Connection, table: Table, rows: readonly string[]): Promise<void> {
  await connection.query(
    `insert into ${table} overriding system value select * from json_populate_recordset(null::${table}, $1::text::json)`,
    [`[${rows.join(",")}]`],
  );
}

/** Lets the database count from the ids that were inserted. */
export async function continueCounting(connection: Connection): Promise<void> {
  for (const table of COUNTED) {
    await connection.query(
      `select setval(pg_get_serial_sequence('${table}', 'id'), (select coalesce(max(id), 0) + 1 from ${table}), false)`,
    );
  }
}

/** Whether the database has ever held a gallery. */
export async function hasGallery(connection: Connection): Promise<boolean> {
  const { isThere } = await queryOne<{ isThere: boolean }>(
    connection,
    `select to_regclass('schema_migrations') is not null as "isThere"`,
  );
  return isThere;
}

/**
 * What is wrong with the rows of a gallery that no constraint holds, such as the length of a digest; empty if nothing
 * is.
 */
export function selectUnsound(connection: Connection): Promise<{ readonly problem: string }[]> {
  return connection.query(
    `select problem from (
       select 'a digest of a source does not have 32 bytes' as problem
         where exists (select from templates where octet_length(source_digest) <> 32)
       union all select 'a hash of a key does not have 32 bytes'
         where exists (select from api_keys where octet_length(secret_hash) <> 32)
       union all select 'an embedding does not have the size of its collection'
         where exists (select from templates join collections on collections.id = collection_id
           where vector_dims(embedding) <> size)
       union all select 'an embedding does not have unit length'
         where exists (select from templates where abs(vector_norm(embedding) - 1) > 1e-3)
       union all select 'a template has another model than its collection'
         where exists (select from templates join collections on collections.id = collection_id
           where templates.model <> collections.model)
       union all select 'the templates of a collection are not as many as it says'
         where exists (select from collections where template_count <>
           (select count(*) from templates where collection_id = collections.id))
       union all select 'the details of a person are not a JSON object'
         where exists (select from subjects where jsonb_typeof(metadata) <> 'object')
       union all select 'a name is empty or too long'
         where exists (select from subjects where length(name) not between 1 and 300)
     ) as problems`,
  );
}
