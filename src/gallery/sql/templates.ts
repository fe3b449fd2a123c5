import { type Connection, encodeArray, encodeVector, type TypeIds } from "../engines/index.ts";

/** A row to be written. */
export type TemplateRow = {
  readonly id: string;
  readonly subjectId: string;
  readonly embedding: Float32Array;
  readonly quality: number | null;
  readonly sourceDigest: Uint8Array | null;
};

/** A row without its embedding. */
export type TemplateSummary = {
  readonly id: string;
  readonly model: string;
  readonly quality: number | null;
  readonly sourceDigest: Buffer | null;
  readonly createdAt: Date;
  readonly hasThumbnail: boolean;
};

/** Adds templates, but for those whose source their subject has already; gives the ids of those added. */
export async function insertTemplates(
  connection: Connection,
  types: TypeIds,
  collection: { readonly id: number; readonly model: string; readonly revision: number },
  rows: readonly TemplateRow[],
): Promise<Set<string>> {
  const added = await connection.query<{ id: string }>(
    `insert into templates (id, collection_id, subject_id, embedding, model, quality, source_digest, revision)
     select id, $1, subject_id, embedding, $2, quality, source_digest, $3
     from unnest($4::uuid[], $5::uuid[], $6::vector[], $7::real[], $8::bytea[])
       as given (id, subject_id, embedding, quality, source_digest)
     on conflict (subject_id, source_digest) do nothing
     returning id`,
    [
      collection.id,
      collection.model,
      collection.revision,
      rows.map(({ id }) => id),
      rows.map(({ subjectId }) => subjectId),
      encodeArray(
        types.vector,
        rows.map(({ embedding }) => encodeVector(embedding)),
      ),
      rows.map(({ quality }) => quality),
      encodeArray(
        types.bytea,
        rows.map(({ sourceDigest }) => sourceDigest),
      ),
    ],
  );
  return new Set(added.map(({ id }) => id));
}

export async function insertThumbnails(
  connection: Connection,
  types: TypeIds,
  rows: readonly { readonly templateId: string; readonly image: Uint8Array }[],
): Promise<void> {
  await connection.query("insert into thumbnails (template_id, image) select * from unnest($1::uuid[], $2::bytea[])", [
    rows.map(({ templateId }) => templateId),
    encodeArray(
      types.bytea,
      rows.map(({ image }) => image),
    ),
  ]);
}

/** Those of the pairs of subject's name and source's digest that are enrolled, by their places. */
export async function selectEnrolledSources(
  connection: Connection,
  types: TypeIds,
  collectionId: number,
  sources: { readonly names: readonly string[]; readonly digests: readonly Uint8Array[] },
): Promise<{ place: number; id: string }[]> {
  return connection.query(
    `select given.place::integer as place, templates.id
     from unnest($2::text[], $3::bytea[]) with ordinality as given (name, digest, place)
     join subjects on subjects.collection_id = $1 and subjects.name = given.name
     join templates on templates.subject_id = subjects.id and templates.source_digest = given.digest`,
    [collectionId, sources.names, encodeArray(types.bytea, sources.digests)],
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
): Promise<Uint8Array | undefined> {
  const [row] = await connection.query<{ image: Buffer }>(
    `select image from thumbnails join templates on templates.id = template_id
     where collection_id = $1 and template_id = $2`,
    [collectionId, templateId],
  );
  return row?.image;
}

/** Whose template it was; nothing when there is none. */
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
  const [row] = await connection.query<{ count: number }>(
    "select count(*)::integer as count from templates where subject_id = $1",
    [subjectId],
  );
  return row!.count;
}
