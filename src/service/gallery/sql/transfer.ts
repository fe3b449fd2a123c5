import { DEEPEST_METADATA } from "../checks.ts";
import type { Connection } from "../engines/index.ts";
import { cutDeepJson } from "./stored-json.ts";

/** An exported subject; times are text, since PostgreSQL's are finer than a Date. */
export type ExportedSubject = {
  readonly id: string;
  readonly name: string;
  readonly consent: string | null;
  readonly expiresAt: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
};

/** An exported template. */
export type ExportedTemplate = {
  readonly id: string;
  readonly subjectId: string;
  readonly plain: Uint8Array | null;
  readonly sealed: Uint8Array | null;
  readonly quality: number | null;
  readonly sourceDigest: Uint8Array | null;
  readonly thumbnail: Uint8Array | null;
  readonly isThumbnailSealed: boolean | null;
  readonly createdAt: string;
};

/** The page of rows after an id; the first page is after "". */
export type IdPage = { readonly after: string; readonly limit: number };

const NOT_BEFORE = "($2::uuid is null or id > $2::uuid) order by id limit $3";

export async function selectSubjectsToExport(
  connection: Connection,
  collectionId: number,
  { after, limit }: IdPage,
): Promise<ExportedSubject[]> {
  const rows = await connection.query<Omit<ExportedSubject, "metadata"> & { readonly metadata: string }>(
    `select id, name, consent, to_json(expires_at)#>>'{}' as "expiresAt", metadata::text as metadata,
       to_json(created_at)#>>'{}' as "createdAt"
     from subjects where collection_id = $1 and ${NOT_BEFORE}`,
    [collectionId, after === "" ? null : after, limit],
  );
  return rows.map((row) => ({ ...row, metadata: JSON.parse(cutDeepJson(row.metadata, DEEPEST_METADATA)) }));
}

export function selectTemplatesToExport(
  connection: Connection,
  collectionId: number,
  { after, limit }: IdPage,
): Promise<ExportedTemplate[]> {
  return connection.query<ExportedTemplate>(
    `select id, subject_id as "subjectId", vector_send(embedding) as plain, sealed, quality,
       source_digest as "sourceDigest", image as thumbnail, is_sealed as "isThumbnailSealed",
       to_json(created_at)#>>'{}' as "createdAt"
     from templates left join thumbnails on template_id = id
     where collection_id = $1 and ${NOT_BEFORE}`,
    [collectionId, after === "" ? null : after, limit],
  );
}

export async function insertExportedSubjects(
  connection: Connection,
  collectionId: number,
  rows: readonly ExportedSubject[],
): Promise<void> {
  await connection.query(
    `insert into subjects (id, collection_id, name, consent, expires_at, metadata, created_at)
     select id, $1, name, consent, expires_at, metadata::jsonb, created_at
     from unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::timestamptz[])
       as given (id, name, consent, expires_at, metadata, created_at)`,
    [
      collectionId,
      rows.map(({ id }) => id),
      rows.map(({ name }) => name),
      rows.map(({ consent }) => consent),
      rows.map(({ expiresAt }) => expiresAt),
      rows.map(({ metadata }) => JSON.stringify(metadata)),
      rows.map(({ createdAt }) => createdAt),
    ],
  );
}

/** Sets the times at which templates were enrolled. */
export async function updateCreationTimes(
  connection: Connection,
  rows: readonly { readonly id: string; readonly createdAt: string }[],
): Promise<void> {
  await connection.query(
    `update templates set created_at = given.created_at
     from unnest($1::uuid[], $2::timestamptz[]) as given (id, created_at) where templates.id = given.id`,
    [rows.map(({ id }) => id), rows.map(({ createdAt }) => createdAt)],
  );
}

/** Whether any of these ids is taken. */
export async function areTaken(
  connection: Connection,
  table: "subjects" | "templates",
  ids: readonly string[],
): Promise<boolean> {
  return (await connection.query(`select from ${table} where id = any($1::uuid[]) limit 1`, [ids])).length > 0;
}
