import {
  type Connection,
  type CopyField,
  encodeByteStrings,
  encodeInteger,
  encodeReal,
  encodeText,
  encodeUuid,
  queryOne,
  type TypeIds,
} from "../engines/index.ts";

/** A row to insert. */
export type TemplateRow = {
  readonly id: string;
  readonly subjectId: string;
  /** Null when sealed. */
  readonly embedding: Float32Array | null;
  readonly sealed: Uint8Array | null;
  readonly quality: number | null;
  readonly sourceDigest: Uint8Array | null;
};

/** A row without its embedding. */
export type TemplateSummary = {
  readonly id: string;
  readonly model: string;
  readonly quality: number | null;
  readonly sourceDigest: Uint8Array | null;
  readonly createdAt: Date;
  readonly hasThumbnail: boolean;
};

/** Inserts templates; no source may be enrolled for its subject already. */
export async function insertTemplates(
  connection: Connection,
  collection: { readonly id: number; readonly model: string; readonly revision: number },
  rows: readonly TemplateRow[],
): Promise<void> {
  const ofAll = [encodeInteger(collection.id), encodeText(collection.model), encodeInteger(collection.revision)];
  await connection.copy(
    "templates (collection_id, model, revision, id, subject_id, embedding, sealed, quality, source_digest)",
    rowFields(ofAll, rows),
  );
}

function* rowFields(ofAll: readonly CopyField[], rows: readonly TemplateRow[]): Generator<CopyField[]> {
  for (const { id, subjectId, embedding, sealed, quality, sourceDigest } of rows) {
    yield [
      ...ofAll,
      encodeUuid(id),
      encodeUuid(subjectId),
      embedding,
      sealed,
      quality === null ? null : encodeReal(quality),
      sourceDigest,
    ];
  }
}

export async function insertThumbnails(
  connection: Connection,
  types: TypeIds,
  rows: readonly { readonly templateId: string; readonly image: Uint8Array }[],
  areSealed: boolean,
): Promise<void> {
  await connection.query(
    "insert into thumbnails (template_id, image, is_sealed) select *, $3::boolean from unnest($1::uuid[], $2::bytea[])",
    [
      rows.map(({ templateId }) => templateId),
      encodeByteStrings(
        types,
        rows.map(({ image }) => image),
      ),
      areSealed,
    ],
  );
}

/** The pairs of name and digest that are enrolled, by their position from 1, with the ids of their templates. */
export async function selectEnrolledSources(
  connection: Connection,
  types: TypeIds,
  collectionId: number,
  sources: { readonly names: readonly string[]; readonly digests: readonly Uint8Array[] },
): Promise<{ ordinal: number; id: string }[]> {
  return connection.query(
    `select given.ordinal::integer as ordinal, templates.id
     from unnest($2::text[], $3::bytea[]) with ordinality as given (name, digest, ordinal)
     join subjects on subjects.collection_id = $1 and subjects.name = given.name
     join templates on templates.subject_id = subjects.id and templates.source_digest = given.digest`,
    [collectionId, sources.names, encodeByteStrings(types, sources.digests)],
  );
}

export function selectTemplates(connection: Connection, subjectId: string): Promise<TemplateSummary[]> {
  return connection.query<TemplateSummary>(
    `select id, model, quality, source_digest as "sourceDigest", created_at as "createdAt",
       exists (select from thumbnails where template_id = templates.id) as "hasThumbnail"
     from templates where subject_id = $1 order by created_at, id`,
    [subjectId],
  );
}

export async function selectThumbnail(
  connection: Connection,
  collectionId: number,
  templateId: string,
): Promise<{ readonly image: Buffer; readonly isSealed: boolean } | undefined> {
  const [row] = await connection.query<{ image: Buffer; isSealed: boolean }>(
    `select image, is_sealed as "isSealed" from thumbnails join templates on templates.id = template_id
     where collection_id = $1 and template_id = $2`,
    [collectionId, templateId],
  );
  return row;
}

/** Name of the subject that a template belongs to; undefined without such a template. */
export async function selectOwner(
  connection: Connection,
  collectionId: number,
  templateId: string,
): Promise<string | undefined> {
  const [row] = await connection.query<{ name: string }>(
    `select subjects.name from templates join subjects on subjects.id = subject_id
     where templates.collection_id = $1 and templates.id = $2`,
    [collectionId, templateId],
  );
  return row?.name;
}

/** Id of the subject that the template belonged to; undefined without such a template. */
export async function deleteTemplate(
  connection: Connection,
  collectionId: number,
  templateId: string,
): Promise<string | undefined> {
  const [row] = await connection.query<{ subjectId: string }>(
    `delete from templates where collection_id = $1 and id = $2 returning subject_id as "subjectId"`,
    [collectionId, templateId],
  );
  return row?.subjectId;
}

export async function countTemplates(connection: Connection, subjectId: string): Promise<number> {
  const { count } = await queryOne<{ count: number }>(
    connection,
    "select count(*)::integer as count from templates where subject_id = $1",
    [subjectId],
  );
  return count;
}

/** An embedding as the database stores it. */
export type EmbeddingRow = {
  readonly id: string;
  readonly subjectId: string;
  /** The output of `vector_send`; null when sealed. */
  readonly plain: Uint8Array | null;
  readonly sealed: Uint8Array | null;
};

/** Embeddings of the revisions after `above` up to `upTo`, in the order of ids, from the one after `after`. */
export function selectEmbeddings(
  connection: Connection,
  collectionId: number,
  range: { readonly above: number; readonly upTo: number; readonly after: string; readonly limit: number },
): Promise<EmbeddingRow[]> {
  return connection.query<EmbeddingRow>(
    `select id, subject_id as "subjectId", vector_send(embedding) as plain, sealed from templates
     where collection_id = $1 and revision > $2 and revision <= $3 and ($4::uuid is null or id > $4::uuid)
     order by id limit $5`,
    [collectionId, range.above, range.upTo, range.after === "" ? null : range.after, range.limit],
  );
}

export async function selectTemplateIds(connection: Connection, collectionId: number): Promise<string[]> {
  const rows = await connection.query<{ id: string }>("select id from templates where collection_id = $1", [
    collectionId,
  ]);
  return rows.map(({ id }) => id);
}

/** Revision and number of templates of a collection; undefined when it is gone, or has another model. */
export async function selectVersion(
  connection: Connection,
  { id, model }: { readonly id: number; readonly model: string },
): Promise<{ readonly revision: number; readonly templateCount: number } | undefined> {
  const [row] = await connection.query<{ revision: number; templateCount: number }>(
    `select revision, template_count as "templateCount" from collections where id = $1 and model = $2`,
    [id, model],
  );
  return row;
}
