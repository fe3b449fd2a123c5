import { type Connection, queryOne } from "../engines/index.ts";

/** A row of `api_keys` without the hash. */
export type KeyRow = {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly ("read" | "enroll" | "admin")[];
  readonly expiresAt: Date | null;
  readonly createdAt: Date;
};

const COLUMNS = `id, name, scopes, expires_at as "expiresAt", created_at as "createdAt"`;

export function insertKey(
  connection: Connection,
  key: Omit<KeyRow, "createdAt"> & { readonly secretHash: Uint8Array },
): Promise<KeyRow> {
  return queryOne<KeyRow>(
    connection,
    `insert into api_keys (id, name, secret_hash, scopes, expires_at) values ($1, $2, $3, $4::text[], $5)
     returning ${COLUMNS}`,
    [key.id, key.name, key.secretHash, key.scopes, key.expiresAt],
  );
}

export async function selectKey(
  connection: Connection,
  id: string,
): Promise<(KeyRow & { readonly secretHash: Buffer; readonly isExpired: boolean }) | undefined> {
  const [row] = await connection.query<KeyRow & { secretHash: Buffer; isExpired: boolean }>(
    `select ${COLUMNS}, secret_hash as "secretHash", coalesce(expires_at <= now(), false) as "isExpired"
     from api_keys where id = $1`,
    [id],
  );
  return row;
}

export function selectKeys(connection: Connection): Promise<KeyRow[]> {
  return connection.query<KeyRow>(`select ${COLUMNS} from api_keys order by created_at, id`);
}

/** Whether there was such a key. */
export async function deleteKey(connection: Connection, id: string): Promise<boolean> {
  return (await connection.query("delete from api_keys where id = $1 returning id", [id])).length > 0;
}
