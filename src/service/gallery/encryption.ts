/**
 * The key of a gallery. Opening a gallery with a key makes it encrypted: everything written from then on is sealed, and
 * {@link sealAll} seals what was written before, or moves all of it to a newer key.
 */
import { GalleryError, InternalError } from "../../base/core/index.ts";
import { type Connection, type Database, decodeVector, type TypeIds } from "./engines/index.ts";
import {
  deleteOtherKeyIds,
  insertKeyId,
  selectKeyIds,
  selectUnsealedTemplates,
  selectUnsealedThumbnails,
  type UnsealedRow,
  updateSealedTemplates,
  updateSealedThumbnails,
} from "./sql/encryption.ts";
import { clearSumLengths } from "./sql/sum-lengths.ts";
import type { Vault } from "./vault.ts";

/** @throws {GalleryError} when something in the gallery is sealed with a key that the vault does not have. */
export async function admitVault(database: Connection, vault: Vault | undefined): Promise<void> {
  const ids = await selectKeyIds(database);
  if (ids.some((id) => !vault?.has(id))) {
    const got = vault === undefined ? "no key" : "another key";
    throw new GalleryError(
      `gallery: its templates are encrypted, got ${got}: open it with the encryption key it was made with`,
    );
  }
  if (vault !== undefined) await insertKeyId(database, vault.currentId);
}

/** The owner that sealed bytes are bound to. */
export const templateOwner = (id: string): string => `template ${id}`;
export const thumbnailOwner = (id: string): string => `thumbnail ${id}`;

const BATCH = 500;

/**
 * Seals everything that is not under the newest key, in batches, and forgets the older keys; returns the number of
 * rows.
 */
export async function sealAll({
  database,
  types,
  vault,
}: {
  readonly database: Database;
  readonly types: TypeIds;
  readonly vault: Vault | undefined;
}): Promise<number> {
  if (vault === undefined) throw new GalleryError("gallery: got no encryption key: open it with the new key first");
  const reseal = ({ id, plain, sealed }: UnsealedRow, owner: string) => ({
    id,
    sealed: vault.seal(plain ?? openSealed(vault, sealed, owner), owner),
  });
  let count = 0;
  for (let found = BATCH; found > 0; count += found) {
    found = await database.transaction(async (connection) => {
      const templates = await selectUnsealedTemplates(connection, vault.currentId, BATCH);
      const thumbnails = await selectUnsealedThumbnails(connection, vault.currentId, BATCH);
      await updateSealedTemplates(
        connection,
        types,
        templates.map((row) => reseal(row, templateOwner(row.id))),
      );
      await updateSealedThumbnails(
        connection,
        types,
        thumbnails.map((row) => reseal(row, thumbnailOwner(row.id))),
      );
      return templates.length + thumbnails.length;
    });
  }
  await clearSumLengths(database);
  await deleteOtherKeyIds(database, vault.currentId);
  return count;
}

/** The embedding of a row, as it was enrolled. */
export function openEmbedding(
  vault: Vault | undefined,
  { id, plain, sealed }: { readonly id: string; readonly plain: Uint8Array | null; readonly sealed: Uint8Array | null },
): Float32Array {
  return decodeVector(plain ?? openSealed(vault, sealed, templateOwner(id)));
}

/** Opens sealed bytes. @throws {GalleryError} when their key was not given, or they were changed. */
export function openSealed(vault: Vault | undefined, sealed: Uint8Array | null, owner: string): Buffer {
  if (sealed === null) throw new InternalError("internal: a row has neither an embedding nor a sealed one");
  if (vault === undefined) throw new GalleryError("gallery: a template is sealed with a key that was not given");
  return vault.open(sealed, owner);
}
