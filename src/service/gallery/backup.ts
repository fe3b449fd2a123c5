/**
 * A gallery as JSON Lines, whole: all that is in its tables, as it lies there. What is sealed stays sealed, and keys are
 * hashes, so that a backup tells no more than the database's files do. The first line says of which schema the rows are, the
 * last how many they are: a backup that was cut off is none.
 */
import type { GalleryContext } from "./context.ts";
import { schemaVersion } from "./migrations/migrate.ts";
import { insertAuditEntry } from "./sql/audit.ts";
import { freezeSnapshot, selectRows, TABLES } from "./sql/backup.ts";
import { selectCollections } from "./sql/collections.ts";

/** Version of the lines' format. */
export const BACKUP_VERSION = 1;

/** What the first line is. */
export type BackupHead = {
  readonly backup: { readonly version: number; readonly schema: number; readonly createdAt: string };
};

/** What the last line is. */
export type BackupEnd = { readonly end: { readonly rowCount: number } };

/** Rows fetched at once. */
const PAGE = 200;

/** Hands the lines, without their ends, to `write`; they are of one moment, whatever is enrolled meanwhile. */
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
      const head = { version: BACKUP_VERSION, schema: schemaVersion, createdAt: new Date().toISOString() };
      yield JSON.stringify({ backup: head } satisfies BackupHead);
      let rowCount = 0;
      for (const table of TABLES) {
        for await (const row of selectRows(connection, table, PAGE)) {
          rowCount++;
          yield `{"${table}":${row}}`;
        }
      }
      yield JSON.stringify({ end: { rowCount } } satisfies BackupEnd);
    }
  });
}
