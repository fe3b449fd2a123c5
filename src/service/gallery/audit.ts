import { OptionError, requireInteger } from "../../base/core/index.ts";
import { requireDate } from "./checks.ts";
import type { GalleryContext } from "./context.ts";
import { hex } from "./hex.ts";
import { type AuditRow, deleteAuditEntries, selectAuditEntries } from "./sql/audit.ts";

/** One action, its actor and its object, as ids and counts. */
export type AuditEntry = Omit<AuditRow, "digest"> & {
  /** Digest of a deletion's receipt, in hexadecimal digits. */
  readonly digest: string | null;
};

/** A page of the trail. */
export type AuditPage = {
  /** Id of the last entry of the page before; default none. */
  readonly before?: string;
  /** Most entries; default 100. */
  readonly limit?: number;
};

/** Newest first. */
export async function listAudit(
  { database }: GalleryContext,
  { before, limit = 100 }: AuditPage,
): Promise<AuditEntry[]> {
  requireInteger("gallery: limit", limit, 1);
  if (before !== undefined && !/^\d{1,18}$/.test(before))
    throw new OptionError("gallery: before: expected an entry's id");
  const rows = await selectAuditEntries(database, { before, limit });
  return rows.map((row) => ({ ...row, digest: hex(row.digest) }));
}

/** Deletes entries older than `before`, and returns their number: a trail of who did what is personal data too. */
export async function pruneAudit({ database }: GalleryContext, before: Date): Promise<number> {
  requireDate("gallery: before", before);
  return deleteAuditEntries(database, before);
}
