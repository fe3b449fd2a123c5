/**
 * Versions of the schema. Each migration runs once, in order, all missing ones in one transaction: a database has one
 * version or another, never something between. A released migration is never edited; the next change is the next file.
 */
import { GalleryError } from "../../../base/core/index.ts";
import { type Connection, type Database, queryOne } from "../engines/index.ts";
import { templates } from "./0001-templates.ts";
import { operation } from "./0002-operation.ts";
import { encryption } from "./0003-encryption.ts";
import { bulk } from "./0004-bulk.ts";
import { means } from "./0005-means.ts";
import { names } from "./0006-names.ts";
import { thresholdSources } from "./0007-threshold-sources.ts";

/** One step of the schema. */
export type Migration = { readonly version: number; readonly name: string; readonly sql: string };

/** All steps, in order. */
export const migrations: readonly Migration[] = [
  templates,
  operation,
  encryption,
  bulk,
  means,
  names,
  thresholdSources,
];

/** Version of the schema after all of them. */
export const schemaVersion = migrations.length;

/** An arbitrary number: programs that migrate the same database take turns by this lock. */
const MIGRATION_LOCK = 0x0c05face;

/**
 * Brings the schema up to date, and returns the versions that were added.
 *
 * @throws {GalleryError} when the database has a newer version than this program knows, or has no pgvector.
 */
export async function migrate(database: Database, steps: readonly Migration[] = migrations): Promise<number[]> {
  return database.transaction((connection) => applyMigrations(connection, steps));
}

/** The same, within a transaction. */
export async function applyMigrations(connection: Connection, steps: readonly Migration[]): Promise<number[]> {
  await connection.query("select pg_advisory_xact_lock($1::bigint)", [MIGRATION_LOCK]);
  await requirePgvector(connection);
  const version = await currentVersion(connection);
  const newest = Math.max(0, ...steps.map((step) => step.version));
  if (version > newest) {
    throw new GalleryError(
      `gallery: the database has schema ${version}, this program knows ${newest}: use the newer cosface that wrote it`,
    );
  }
  const missing = steps.filter((step) => step.version > version);
  for (const { version, name, sql } of missing) {
    await connection.script(sql);
    await connection.query("insert into schema_migrations (version, name) values ($1, $2)", [version, name]);
  }
  return missing.map((step) => step.version);
}

async function currentVersion(connection: Connection): Promise<number> {
  await connection.script(`
    create table if not exists schema_migrations (
      version integer primary key,
      name text not null,
      applied_at timestamptz not null default now()
    )
  `);
  const { version } = await queryOne<{ version: number }>(
    connection,
    "select coalesce(max(version), 0)::integer as version from schema_migrations",
  );
  return version;
}

async function requirePgvector(connection: Connection): Promise<void> {
  try {
    await connection.query("create extension if not exists vector");
  } catch (cause) {
    throw new GalleryError(
      "gallery: PostgreSQL has no pgvector: install it on the server, then 'create extension vector' as its superuser",
      { cause },
    );
  }
}
