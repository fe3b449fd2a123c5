import { type Connection, encodeByteStrings, type TypeIds } from "../engines/index.ts";

/** Ids of the keys in use. */
export async function selectKeyIds(connection: Connection): Promise<Buffer[]> {
  const rows = await connection.query<{ id: Buffer }>("select id from encryption_keys");
  return rows.map(({ id }) => id);
}

export async function insertKeyId(connection: Connection, id: Uint8Array): Promise<void> {
  await connection.query("insert into encryption_keys (id) values ($1) on conflict do nothing", [id]);
}

export async function deleteOtherKeyIds(connection: Connection, id: Uint8Array): Promise<void> {
  await connection.query("delete from encryption_keys where id <> $1", [id]);
}

/** A row whose bytes are not sealed with the newest key. */
export type UnsealedRow = {
  readonly id: string;
  /** The output of `vector_send`, or the thumbnail. */
  readonly plain: Uint8Array | null;
  readonly sealed: Uint8Array | null;
};

/** Selects and locks the next templates that are not sealed with the key of this id. */
export function selectUnsealedTemplates(
  connection: Connection,
  keyId: Uint8Array,
  limit: number,
): Promise<UnsealedRow[]> {
  return connection.query<UnsealedRow>(
    `select id, vector_send(embedding) as plain, sealed from templates
     where sealed is null or substring(sealed from 1 for 4) <> $1 limit $2 for update`,
    [keyId, limit],
  );
}

export async function updateSealedTemplates(
  connection: Connection,
  types: TypeIds,
  rows: readonly { readonly id: string; readonly sealed: Uint8Array }[],
): Promise<void> {
  await connection.query(
    `update templates set embedding = null, sealed = given.sealed
     from unnest($1::uuid[], $2::bytea[]) as given (id, sealed) where templates.id = given.id`,
    columns(types, rows),
  );
}

/** The same for thumbnails. */
export function selectUnsealedThumbnails(
  connection: Connection,
  keyId: Uint8Array,
  limit: number,
): Promise<UnsealedRow[]> {
  return connection.query<UnsealedRow>(
    `select template_id as id, case when not is_sealed then image end as plain, case when is_sealed then image end as sealed
     from thumbnails where not is_sealed or substring(image from 1 for 4) <> $1 limit $2 for update`,
    [keyId, limit],
  );
}

export async function updateSealedThumbnails(
  connection: Connection,
  types: TypeIds,
  rows: readonly { readonly id: string; readonly sealed: Uint8Array }[],
): Promise<void> {
  await connection.query(
    `update thumbnails set image = given.sealed, is_sealed = true
     from unnest($1::uuid[], $2::bytea[]) as given (id, sealed) where template_id = given.id`,
    columns(types, rows),
  );
}

function columns(
  types: TypeIds,
  rows: readonly { readonly id: string; readonly sealed: Uint8Array }[],
): [string[], Uint8Array] {
  return [
    rows.map(({ id }) => id),
    encodeByteStrings(
      types,
      rows.map(({ sealed }) => sealed),
    ),
  ];
}
