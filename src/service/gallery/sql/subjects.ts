import { DEEPEST_METADATA } from "../checks.ts";
import type { Connection } from "../engines/index.ts";
import { cutDeepJson } from "./stored-json.ts";

/** A row of `subjects`, with the number of its templates. */
export type SubjectRow = {
  readonly id: string;
  readonly name: string;
  readonly consent: string | null;
  readonly expiresAt: Date | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly templateCount: number;
  /** Id of the oldest template that has a thumbnail. */
  readonly thumbnailId: string | null;
};

const SELECT = `
  select id, name, consent, expires_at as "expiresAt", metadata::text as metadata, created_at as "createdAt",
    (select count(*)::integer from templates where subject_id = subjects.id) as "templateCount",
    (select templates.id from templates join thumbnails on template_id = templates.id
     where subject_id = subjects.id order by templates.created_at, templates.id limit 1) as "thumbnailId"
  from subjects`;

/** A row with its metadata as text: deeply nested values cannot be copied from the thread of an embedded database. */
type StoredSubject = Omit<SubjectRow, "metadata"> & { readonly metadata: string };

const parseRow = (row: StoredSubject): SubjectRow => ({
  ...row,
  metadata: JSON.parse(cutDeepJson(row.metadata, DEEPEST_METADATA)),
});

/** Columns to change; undefined ones keep their values. */
export type SubjectColumns = {
  readonly name?: string;
  readonly consent?: string | null;
  readonly expiresAt?: Date | null;
  readonly metadata?: Readonly<Record<string, unknown>>;
};

/** Inserts subjects; none of the names may be taken. */
export async function insertSubjects(
  connection: Connection,
  collectionId: number,
  subjects: readonly { readonly id: string; readonly name: string }[],
): Promise<void> {
  await connection.query(
    `insert into subjects (id, collection_id, name)
     select id, $1, name from unnest($2::uuid[], $3::text[]) as given (id, name)`,
    [collectionId, subjects.map(({ id }) => id), subjects.map(({ name }) => name)],
  );
}

/** Ids of existing subjects, by name. */
export async function selectSubjectIds(
  connection: Connection,
  collectionId: number,
  names: readonly string[],
): Promise<Map<string, string>> {
  const rows = await connection.query<{ id: string; name: string }>(
    "select id, name from subjects where collection_id = $1 and name = any($2::text[])",
    [collectionId, names],
  );
  return new Map(rows.map(({ id, name }) => [name, id]));
}

export async function selectSubject(
  connection: Connection,
  collectionId: number,
  name: string,
): Promise<SubjectRow | undefined> {
  const [row] = await connection.query<StoredSubject>(`${SELECT} where collection_id = $1 and name = $2`, [
    collectionId,
    name,
  ]);
  return row && parseRow(row);
}

/** In order of names, from the one after `after`. */
export async function selectSubjects(
  connection: Connection,
  collectionId: number,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<SubjectRow[]> {
  const rows = await connection.query<StoredSubject>(
    `${SELECT} where collection_id = $1 and name collate "C" > $2 order by name collate "C" limit $3`,
    [collectionId, after, limit],
  );
  return rows.map(parseRow);
}

export async function updateSubject(
  connection: Connection,
  id: string,
  { name, consent, expiresAt, metadata }: SubjectColumns,
): Promise<void> {
  await connection.query(
    `update subjects set
       name = coalesce($2, name),
       consent = case when $3 then $4 else consent end,
       expires_at = case when $5 then $6::timestamptz else expires_at end,
       metadata = coalesce($7::jsonb, metadata)
     where id = $1`,
    [
      id,
      name ?? null,
      consent !== undefined,
      consent ?? null,
      expiresAt !== undefined,
      expiresAt ?? null,
      metadata === undefined ? null : JSON.stringify(metadata),
    ],
  );
}

export async function deleteSubject(connection: Connection, id: string): Promise<void> {
  await connection.query("delete from subjects where id = $1", [id]);
}

/** A subject's templates, in the order of their ids. */
export function selectTemplatesToDelete(
  connection: Connection,
  subjectId: string,
): Promise<{ id: string; hasThumbnail: boolean }[]> {
  return connection.query(
    `select id, exists (select from thumbnails where template_id = templates.id) as "hasThumbnail"
     from templates where subject_id = $1 order by id`,
    [subjectId],
  );
}

/** Moves one subject's templates to another, except those whose source the other has; returns how many were moved. */
export async function moveTemplates(
  connection: Connection,
  { source, target, revision }: { readonly source: string; readonly target: string; readonly revision: number },
): Promise<number> {
  const moved = await connection.query(
    `update templates set subject_id = $2, revision = $3
     where subject_id = $1 and (source_digest is null or not exists (
       select from templates as kept where kept.subject_id = $2 and kept.source_digest = templates.source_digest))
     returning id`,
    [source, target, revision],
  );
  return moved.length;
}

/** The first `limit` expired subjects, in any collection. */
export function selectExpired(
  connection: Connection,
  limit: number,
): Promise<{ id: string; collectionId: number; collection: string }[]> {
  return connection.query(
    `select subjects.id, collection_id as "collectionId", collections.name as collection
     from subjects join collections on collections.id = collection_id
     where expires_at <= now() order by expires_at limit $1`,
    [limit],
  );
}

/** Whether the subject still exists and is expired. */
export async function isExpired(connection: Connection, id: string): Promise<boolean> {
  return (await connection.query("select from subjects where id = $1 and expires_at <= now()", [id])).length > 0;
}
