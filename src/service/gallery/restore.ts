/**
 * Restores a backup's lines into a database that has never held a gallery, in one transaction: all of it, or nothing.
 * The tables are created with the schema of the backup and brought up to date with their rows in them, as a database of
 * an older program is.
 */
import { createHash } from "node:crypto";
import {
  ConflictError,
  CosfaceError,
  describeValue,
  GalleryError,
  jsonDepth,
  OptionError,
} from "../../base/core/index.ts";
import { BACKUP_VERSION, type BackupEnd, type BackupHead } from "./backup.ts";
import { DEEPEST_METADATA } from "./checks.ts";
import { admitVault } from "./encryption.ts";
import type { Connection } from "./engines/index.ts";
import { type GalleryOptions, openGallery, openParts } from "./gallery.ts";
import { applyMigrations, migrations } from "./migrations/migrate.ts";
import { insertAuditEntry } from "./sql/audit.ts";
import { continueCounting, hasGallery, insertRows, selectUnsound, TABLES, type Table } from "./sql/backup.ts";
import { clearIndexed } from "./sql/collections.ts";

/** Result of a restore. */
export type RestoreResult = {
  /** When the backup was made. */
  readonly createdAt: Date;
  /** Number of rows of each table. */
  readonly rowCounts: Readonly<Record<Table, number>>;
};

/** Characters of JSON in one INSERT. */
const BATCH = 4e6;

/** A subject's metadata, inside its line. */
const DEEPEST_LINE = DEEPEST_METADATA + 2;
/** Most characters of a line: a thumbnail of 48 MB in hexadecimal digits. */
const LONGEST_LINE = 100e6;

/**
 * Fills a new database from the lines of `Gallery.backUp`, of either engine.
 *
 * @throws {ConflictError} when there is or was a gallery at the location.
 * @throws {GalleryError} when the lines are not a whole backup, were changed, were written by a newer cosface, or are
 *   encrypted with a key that was not given.
 */
export async function restoreGallery(
  options: GalleryOptions,
  lines: Iterable<string> | AsyncIterable<string>,
): Promise<RestoreResult> {
  if (typeof lines !== "object" || lines === null || !(Symbol.iterator in lines || Symbol.asyncIterator in lines)) {
    throw new OptionError(`backup: got ${describeValue(lines)}, expected its lines, one by one`);
  }
  const { database, vault } = await openParts(options);
  let indexed: string[] = [];
  let result: RestoreResult;
  try {
    result = await database.transaction(async (connection) => {
      if (await hasGallery(connection)) {
        throw new ConflictError("restore: there is a gallery already: name a new folder, or a new database");
      }
      const restored = await loadBackup(connection, lines);
      await continueCounting(connection);
      await admitVault(connection, vault);
      indexed = await clearIndexed(connection);
      await insertAuditEntry(connection, undefined, { action: "restore", count: restored.rowCounts.templates });
      return restored;
    });
  } finally {
    await database.close();
  }
  if (indexed.length > 0) await rebuildIndexes(options, indexed);
  return result;
}

/** Creates the tables and inserts the rows of a backup, within a transaction. */
export async function loadBackup(
  connection: Connection,
  lines: Iterable<string> | AsyncIterable<string>,
): Promise<RestoreResult> {
  let head: BackupHead["backup"] | undefined;
  let isWhole = false;
  const digest = createHash("sha256");
  const writer = new RowWriter(connection);
  for await (const line of lines) {
    if (isWhole) throw damaged("it has lines after its end");
    if (line.length > LONGEST_LINE) throw damaged(`it has a line of more than ${LONGEST_LINE} characters`);
    if (jsonDepth(line, DEEPEST_LINE) > DEEPEST_LINE) throw damaged(`it has a line nested deeper than ${DEEPEST_LINE}`);
    if (head === undefined) {
      head = readHead(line);
      await applyMigrations(connection, migrations.slice(0, head.schema));
    } else {
      const [, name, row] = /^\{"(\w+)":(\{.*\})\}$/s.exec(line) ?? [];
      const table = TABLES.find((known) => known === name);
      if (table !== undefined && row !== undefined) await writer.add(table, row);
      else if (name === "end") {
        await writer.flush();
        isWhole = requireEnd(parse(line)?.end, writer.rowCount, digest.digest("hex"));
        continue;
      } else throw damaged("it has a line that is not a row of a gallery");
    }
    digest.update(`${line}\n`);
  }
  if (head === undefined || !isWhole) throw damaged("it was cut off");
  await applyMigrations(connection, migrations);
  // Backups without a digest may have been changed, and so may those whose digest was changed with them.
  const [unsound] = await selectUnsound(connection);
  if (unsound !== undefined) throw damaged(`${unsound.problem}`);
  return { createdAt: new Date(head.createdAt), rowCounts: writer.rowCounts };
}

function requireEnd(end: BackupEnd["end"] | undefined, rowCount: number, sha256: string): true {
  if (end?.rowCount !== rowCount) throw damaged("its rows are not as many as its last line says");
  if (end.sha256 !== undefined && end.sha256 !== sha256) throw damaged("its lines were changed");
  return true;
}

function readHead(line: string): BackupHead["backup"] {
  const head = parse(line)?.backup;
  if (typeof head !== "object" || head === null) throw damaged("its first line is not the head of a backup");
  const newest = migrations.length;
  const isKnown = head.version === BACKUP_VERSION && Number.isInteger(head.schema) && head.schema >= 1;
  if (!isKnown || head.schema > newest) {
    throw new GalleryError(
      `restore: got a backup of version ${shown(head.version)} with schema ${shown(head.schema)}, this program knows ` +
        `${BACKUP_VERSION} with schemas up to ${newest}: use the newer cosface that wrote it`,
    );
  }
  if (Number.isNaN(Date.parse(head.createdAt))) throw damaged("its first line has no time");
  return head;
}

const shown = (value: unknown) => (typeof value === "number" ? value : `a ${typeof value}`);

function parse(line: string): Partial<BackupHead & BackupEnd> | undefined {
  try {
    return JSON.parse(line) as Partial<BackupHead & BackupEnd>;
  } catch {
    return undefined; // The parser's message quotes the text, which is somebody's data.
  }
}

/** Collects rows of one table and inserts them together. */
class RowWriter {
  readonly rowCounts = Object.fromEntries(TABLES.map((table) => [table, 0])) as Record<Table, number>;
  readonly #connection: Connection;
  #table: Table = TABLES[0];
  #rows: string[] = [];
  #size = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get rowCount(): number {
    return Object.values(this.rowCounts).reduce((sum, count) => sum + count, 0);
  }

  async add(table: Table, row: string): Promise<void> {
    if (table !== this.#table || this.#size >= BATCH) await this.flush();
    this.#table = table;
    this.#rows.push(row);
    this.#size += row.length;
    this.rowCounts[table]++;
  }

  async flush(): Promise<void> {
    if (this.#rows.length === 0) return;
    const rows = this.#rows;
    this.#rows = [];
    this.#size = 0;
    try {
      await insertRows(this.#connection, this.#table, rows);
    } catch (cause) {
      // SQLSTATE classes of wrong data and exceeded limits; without the database's message, which quotes the data.
      const isData =
        !(cause instanceof CosfaceError) && /^(?:22|23|42|54|XX)/.test((cause as { code?: string }).code ?? "");
      throw isData ? damaged(`a row of ${this.#table} does not fit`) : cause;
    }
  }
}

/** Until an index is built again, searches compare with every template. */
async function rebuildIndexes(options: GalleryOptions, names: readonly string[]): Promise<void> {
  const gallery = await openGallery(options);
  try {
    for (const name of names) await (await gallery.collection(name)).updateIndex(0);
  } finally {
    await gallery.close();
  }
}

function damaged(what: string): GalleryError {
  return new GalleryError(`restore: expected a whole backup, as 'cosface backup' writes it: ${what}`);
}
