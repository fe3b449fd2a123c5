import { type Connection, queryOne } from "../engines/index.ts";

/** Actions on a gallery. */
export type AuditAction =
  | "create-collection"
  | "delete-collection"
  | "enroll"
  | "search"
  | "add-subject"
  | "change-subject"
  | "delete-subject"
  | "merge-subjects"
  | "delete-template"
  | "export"
  | "import"
  | "backup"
  | "restore"
  | "reembed"
  | "create-key"
  | "revoke-key";

/** An entry to insert. */
export type NewAuditEntry = {
  readonly action: AuditAction;
  readonly collectionId?: number;
  readonly subjectId?: string;
  /** Number of templates, matches or subjects. */
  readonly count: number;
  readonly digest?: Uint8Array;
};

/** A row of `audit_entries`. */
export type AuditRow = {
  readonly id: string;
  readonly at: Date;
  readonly actor: string | null;
  readonly action: AuditAction;
  readonly collectionId: number | null;
  readonly subjectId: string | null;
  readonly count: number;
  readonly digest: Uint8Array | null;
};

export async function insertAuditEntry(
  connection: Connection,
  actor: string | undefined,
  { action, collectionId, subjectId, count, digest }: NewAuditEntry,
): Promise<void> {
  await connection.query(
    `insert into audit_entries (actor, action, collection_id, subject_id, count, digest)
     values ($1::uuid, $2, $3::integer, $4::uuid, $5, $6::bytea)`,
    [actor ?? null, action, collectionId ?? null, subjectId ?? null, count, digest ?? null],
  );
}

/** Newest first, older than the entry `before`. */
export function selectAuditEntries(
  connection: Connection,
  { before, limit }: { readonly before: string | undefined; readonly limit: number },
): Promise<AuditRow[]> {
  return connection.query<AuditRow>(
    `select id::text as id, at, actor, action, collection_id as "collectionId", subject_id as "subjectId", count, digest
     from audit_entries where $1::bigint is null or audit_entries.id < $1::bigint
     order by audit_entries.id desc limit $2`,
    [before ?? null, limit],
  );
}

/** Returns the number of deleted entries. */
export async function deleteAuditEntries(connection: Connection, before: Date): Promise<number> {
  const { count } = await queryOne<{ count: number }>(
    connection,
    `with gone as (delete from audit_entries where at < $1 returning 1)
     select count(*)::integer as count from gone`,
    [before],
  );
  return count;
}
