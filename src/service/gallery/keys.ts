/**
 * API keys. A key is the id of its row and 256 random bits; the database holds the id and a SHA-256 of the bits, so
 * that a stolen database opens nothing. One fast hash is enough: a random secret of that length cannot be guessed.
 */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { NotFoundError, OptionError, requireFields, requireOneOf } from "../../base/core/index.ts";
import { isUuid, requireDate, requireNewName } from "./checks.ts";
import type { GalleryContext } from "./context.ts";
import { type KeyScope, keyScopes } from "./names.ts";
import { insertAuditEntry } from "./sql/audit.ts";
import { deleteKey, insertKey, type KeyRow, selectKey, selectKeys } from "./sql/keys.ts";

/** A key in a list: everything but its secret, which is not stored. */
export type ApiKey = KeyRow;

/** A key to create. */
export type NewKey = {
  /** What it is for; 1 to 256 characters. */
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  /** When it expires; default never. */
  readonly expiresAt?: Date;
};

const PREFIX = "cosface_";
const ID_BYTES = 16;
const SECRET_BYTES = 32;

/** Whether a key has a scope; "admin" includes the others. */
export function allows(key: Pick<ApiKey, "scopes">, scope: KeyScope): boolean {
  requireFields("key", key, { scopes: "a list" });
  return key.scopes.includes(scope) || key.scopes.includes("admin");
}

/** The keys of a gallery. */
export class ApiKeys {
  readonly #context: GalleryContext;

  /** @internal */
  constructor(context: GalleryContext) {
    this.#context = context;
  }

  /** Creates a key. Its text is returned here and stored nowhere. */
  async create({ scopes, expiresAt, ...given }: NewKey): Promise<{ readonly key: string; readonly info: ApiKey }> {
    const name = requireNewName("gallery: key", given.name);
    for (const scope of scopes) requireOneOf("gallery: scope", scope, keyScopes);
    if (scopes.length === 0) throw new OptionError(`gallery: got no scopes, expected some of ${keyScopes.join(", ")}`);
    if (expiresAt !== undefined) requireDate("gallery: expiresAt", expiresAt);
    const id = randomUUID();
    const secret = randomBytes(SECRET_BYTES);
    const info = await this.#context.database.transaction(async (connection) => {
      const row = { id, name, scopes: [...new Set(scopes)], expiresAt: expiresAt ?? null, secretHash: sha256(secret) };
      await insertAuditEntry(connection, this.#context.actor, { action: "create-key", count: 1 });
      return insertKey(connection, row);
    });
    return { key: PREFIX + Buffer.concat([uuidBytes(id), secret]).toString("base64url"), info };
  }

  /** Looks up a presented key; undefined if it is malformed, unknown, revoked or expired. Compares in constant time. */
  async check(text: string): Promise<ApiKey | undefined> {
    if (!text.startsWith(PREFIX)) return undefined;
    const bytes = Buffer.from(text.slice(PREFIX.length), "base64url");
    if (bytes.length !== ID_BYTES + SECRET_BYTES) return undefined;
    const row = await selectKey(this.#context.database, bytesUuid(bytes.subarray(0, ID_BYTES)));
    const hash = sha256(bytes.subarray(ID_BYTES));
    if (row === undefined || row.isExpired || row.secretHash.length !== hash.length) return undefined;
    if (!timingSafeEqual(row.secretHash, hash)) return undefined;
    const { secretHash, isExpired, ...info } = row;
    return info;
  }

  /** All keys, oldest first. */
  list(): Promise<ApiKey[]> {
    return selectKeys(this.#context.database);
  }

  /** Deletes a key. @throws {NotFoundError} when no key has this id. */
  async revoke(id: string): Promise<void> {
    await this.#context.database.transaction(async (connection) => {
      const isDeleted = isUuid(id) && (await deleteKey(connection, id));
      if (!isDeleted) throw new NotFoundError("gallery: no key has this id");
      await insertAuditEntry(connection, this.#context.actor, { action: "revoke-key", count: 1 });
    });
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll("-", ""), "hex");
}

function bytesUuid(bytes: Buffer): string {
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
