import { type Connection, encodeByteStrings, encodeVectors, type TypeIds } from "../engines/index.ts";

/** The kept image of a template. */
export type KeptImage = { readonly id: string; readonly image: Buffer; readonly isSealed: boolean };

/**
 * Kept images of a collection's templates in the order of ids, from the one after `after`; the first page is after "".
 */
export function selectKeptImages(
  connection: Connection,
  collectionId: number,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<KeptImage[]> {
  return connection.query<KeptImage>(
    `select id, image, is_sealed as "isSealed" from templates join thumbnails on template_id = id
     where collection_id = $1 and ($2::uuid is null or id > $2::uuid) order by id limit $3`,
    [collectionId, after === "" ? null : after, limit],
  );
}

/** Templates without a kept image. */
export function selectWithoutImage(connection: Connection, collectionId: number): Promise<{ id: string }[]> {
  return connection.query(
    `select id from templates
     where collection_id = $1 and not exists (select from thumbnails where template_id = templates.id)`,
    [collectionId],
  );
}

/** Replaces the embeddings of templates by those of another model. */
export async function updateEmbeddings(
  connection: Connection,
  types: TypeIds,
  { model, revision }: { readonly model: string; readonly revision: number },
  rows: readonly {
    readonly id: string;
    readonly embedding: Float32Array | null;
    readonly sealed: Uint8Array | null;
  }[],
): Promise<void> {
  await connection.query(
    `update templates set embedding = given.embedding, sealed = given.sealed, model = $1, revision = $2
     from unnest($3::uuid[], $4::vector[], $5::bytea[]) as given (id, embedding, sealed) where templates.id = given.id`,
    [
      model,
      revision,
      rows.map(({ id }) => id),
      encodeVectors(
        types,
        rows.map(({ embedding }) => embedding),
      ),
      encodeByteStrings(
        types,
        rows.map(({ sealed }) => sealed),
      ),
    ],
  );
}

/** Deletes templates by id, and returns the ids of their subjects. */
export async function deleteTemplates(connection: Connection, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await connection.query<{ subjectId: string }>(
    `delete from templates where id = any($1::uuid[]) returning subject_id as "subjectId"`,
    [ids],
  );
  return [...new Set(rows.map(({ subjectId }) => subjectId))];
}

/** Names of the given subjects that have no template. */
export async function selectWithoutTemplates(connection: Connection, ids: readonly string[]): Promise<string[]> {
  const rows = await connection.query<{ name: string }>(
    `select name from subjects where id = any($1::uuid[])
       and not exists (select from templates where subject_id = subjects.id) order by name collate "C"`,
    [ids],
  );
  return rows.map(({ name }) => name);
}
