/**
 * What the gallery asks of a database. Both engines are PostgreSQL with pgvector, so that one SQL text serves both; they
 * differ in how a text reaches them, and in what closing means.
 *
 * Bytes and vectors travel as PostgreSQL's binary format: a `Uint8Array` parameter is sent as it is, whatever the type of
 * the parameter. Text would be five times as long and take most of the time of a bulk insert.
 */

import type { CopyField } from "./copy-format.ts";

/** A value of a parameter `$1`, `$2`, …; a `Uint8Array` is taken as the binary format of the parameter's type. */
export type SqlValue = string | number | boolean | null | Date | Uint8Array | readonly (string | number | null)[];

/** Queries, one after the other, on one connection or on any of a pool. */
export interface Connection {
  /** Runs one statement and gives its rows. `Row` is what the statement is known to select. */
  query<Row>(text: string, values?: readonly SqlValue[]): Promise<Row[]>;
  /** Runs several statements without parameters. */
  script(text: string): Promise<void>;
  /** Adds rows by COPY, the quickest way there is. `target` is a table with its columns, such as "subjects (id, name)". */
  copy(target: string, rows: Iterable<readonly CopyField[]>): Promise<void>;
}

/** A database with pgvector. */
export interface Database extends Connection {
  readonly engine: "pglite" | "postgres";
  /** Runs all or nothing: what `run` did is undone when it throws. */
  transaction<Result>(run: (connection: Connection) => Promise<Result>): Promise<Result>;
  /** Waits for what runs, then closes. */
  close(): Promise<void>;
}
