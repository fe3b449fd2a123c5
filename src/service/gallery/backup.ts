/**
 * A backup: the whole gallery as JSON Lines, every row as its table holds it. Sealed bytes stay sealed, and keys are
 * hashes, so that a backup reveals no more than the database's files. The first line states the schema of the rows. The
 * last line states their number, and a digest of all lines before it, by which a backup that was cut off or changed is
 * recognized.
 */
import { createHash } from "node:crypto";
import { DEEPEST_METADATA } from "./checks.ts";
import type { GalleryContext } from "./context.ts";
import { schemaVersion } from "./migrations/migrate.ts";
import { insertAuditEntry } from "./sql/audit.ts";
import { freezeSnapshot, selectRows, TABLES } from "./sql/backup.ts";
import { selectCollections } from "./sql/collections.ts";
import { cutDeepJson } from "./sql/stored-json.ts";

/** Version of the lines' format. */
export const BACKUP_VERSION = 1;

/** The first line. */
export type BackupHead = {
  readonly backup: { readonly version: number; readonly schema: number; readonly createdAt: string };
};

/** The last line. Backups of earlier programs have no digest. */
export type BackupEnd = {
  readonly end: {
    readonly rowCount: number;
    /** SHA-256, in hexadecimal digits, of the lines before this one, each with its line feed. */
    readonly sha256?: string;
  };
};

/** A row, whose column may hold metadata. */
const DEEPEST_ROW = DEEPEST_METADATA + 1;

/** Rows fetched at once. */
const PAGE = 200;

/** Passes lines without terminators to `write`; they show one moment, whatever is enrolled meanwhile. */
export async function backUpGallery(
  { actor, database }: GalleryContext,
  write: (lines: AsyncIterable<string>) => Promise<void>,
): Promise<void> {
  const collections = await selectCollections(database);
  const count = collections.reduce((sum, { templateCount }) => sum + templateCount, 0);
  await insertAuditEntry(database, actor, { action: "backup", count });
  await database.transaction(async (connection) => {
    await freezeSnapshot(connection);
    await write(lines());

    async function* lines(): AsyncGenerator<string> {
      const digest = createHash("sha256");
      const hashed = (line: string) => {
        digest.update(`${line}\n`);
        return line;
      };
      const head = { version: BACKUP_VERSION, schema: schemaVersion, createdAt: new Date().toISOString() };
      yield hashed(JSON.stringify({ backup: head } satisfies BackupHead));
      let rowCount = 0;
      for (const table of TABLES) {
        for await (const row of selectRows(connection, table, PAGE)) {
          rowCount++;
          yield hashed(`{"${table}":${cutDeepJson(row, DEEPEST_ROW)}}`);
        }
      }
      yield JSON.stringify({ end: { rowCount, sha256: digest.digest("hex") } } satisfies BackupEnd);
    }
  });
}
