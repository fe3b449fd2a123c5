/**
 * The interface of a database. Both engines are PostgreSQL with pgvector, so that one SQL text serves both; they differ
 * in how a text reaches them, and in what closing does.
 *
 * Bytes and vectors are sent in PostgreSQL's binary format: a `Uint8Array` parameter is sent as it is, whatever the
 * type of the parameter. As text they would be five times as long and take most of the time of a bulk insert.
 */

import type { CopyField } from "./copy-format.ts";

/** A value of a parameter `$1`, `$2`, …; a `Uint8Array` is the binary format of the parameter's type. */
export type SqlValue = string | number | boolean | null | Date | Uint8Array | readonly (string | number | null)[];

/** Runs statements one after the other, on one connection or on any connection of a pool. */
export interface Connection {
  /** Runs one statement and returns its rows. `Row` is the type of what the statement selects. */
  query<Row>(text: string, values?: readonly SqlValue[]): Promise<Row[]>;
  /** Runs several statements without parameters. */
  script(text: string): Promise<void>;
  /** Inserts rows by COPY, the fastest method. `target` is a table with its columns, such as "subjects (id, name)". */
  copy(target: string, rows: Iterable<readonly CopyField[]>): Promise<void>;
}

/** A database with pgvector. */
export interface Database extends Connection {
  readonly engine: "pglite" | "postgres";
  /** Runs all or nothing: an error of `run` rolls everything back. */
  transaction<Result>(run: (connection: Connection) => Promise<Result>): Promise<Result>;
  /** Waits for running statements, then closes. */
  close(): Promise<void>;
}
