/**
 * Rows as they lie in their tables, as JSON that PostgreSQL itself writes and reads: numbers keep their bits, times their
 * microseconds, and a column that a later schema adds comes along by itself.
 */
import type { Connection } from "../engines/index.ts";

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

/** Holds all that follows in the transaction to what is there now. To be its first statement. */
export async function freezeSnapshot(connection: Connection): Promise<void> {
  await connection.query("set transaction isolation level repeatable read");
}

/** The rows of a table as texts of JSON, some at a time, within a transaction. */
export async function* selectRows(connection: Connection, table: Table, limit: number): AsyncGenerator<string> {
  await connection.query(`declare backup no scroll cursor for select to_json(${table})::text as row from ${table}`);
  for (;;) {
    const rows = await connection.query<{ row: string }>(`fetch ${limit} from backup`);
    for (const { row } of rows) yield row;
    if (rows.length < limit) break;
  }
  await connection.query("close backup");
}

/** Adds rows that {@link selectRows} gave. */
export async function insertRows(connection: Connection, table: Table, rows: readonly string[]): Promise<void> {
  await connection.query(
    `insert into ${table} overriding system value select * from json_populate_recordset(null::${table}, $1::text::json)`,
    [`[${rows.join(",")}]`],
  );
}

/** Lets the database count on from the ids that were added. */
export async function continueCounting(connection: Connection): Promise<void> {
  for (const table of COUNTED) {
    await connection.query(
      `select setval(pg_get_serial_sequence('${table}', 'id'), (select coalesce(max(id), 0) + 1 from ${table}), false)`,
    );
  }
}

/** Whether the database has ever held a gallery. */
export async function hasGallery(connection: Connection): Promise<boolean> {
  const [row] = await connection.query<{ isThere: boolean }>(
    `select to_regclass('schema_migrations') is not null as "isThere"`,
  );
  return row!.isThere;
}
