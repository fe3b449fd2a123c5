/**
 * Encryption at rest: AES-256-GCM under a key that the database never sees. Sealed bytes are bound to their row: bytes
 * that were copied from another row, or changed, are refused.
 *
 * Sealed bytes are: id of the key (4) · nonce (12) · tag (16) · ciphertext. The id selects one of several keys, so
 * that a new key can take over row by row. Nonces are random: at 2³² of them under one key, NIST's limit, two are
 * equal with a probability of 2⁻³³.
 * @see NIST SP 800-38D, section 8.3
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { GalleryError, OptionError } from "../../base/core/index.ts";

const ALGORITHM = "aes-256-gcm";
const KEY_BYTES = 32;
const ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals with one key, and opens with any of several. */
export class Vault {
  /** Id of the key that seals. */
  readonly currentId: Buffer;
  readonly #current: Uint8Array;
  readonly #keys: ReadonlyMap<string, Uint8Array>;

  /** @param keys 32 bytes each; the first one seals. */
  constructor(keys: readonly [Uint8Array, ...Uint8Array[]]) {
    for (const key of keys) {
      if (key.length !== KEY_BYTES) {
        throw new OptionError(`gallery: encryption key: got ${key.length} bytes, expected ${KEY_BYTES} random ones`);
      }
    }
    this.#current = keys[0];
    this.currentId = keyId(this.#current);
    this.#keys = new Map(keys.map((key) => [keyId(key).toString("hex"), key]));
  }

  /** Whether the vault has the key of this id. */
  has(id: Uint8Array): boolean {
    return this.#keys.has(Buffer.from(id).toString("hex"));
  }

  /** @param owner the row that the bytes belong to, such as "template" and its id; `open` needs the same. */
  seal(plain: Uint8Array, owner: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#current, nonce, { authTagLength: TAG_BYTES }).setAAD(
      Buffer.from(owner),
    );
    const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([this.currentId, nonce, cipher.getAuthTag(), ciphertext]);
  }

  /** @throws {GalleryError} when the vault does not have the key, or the bytes were not sealed for this owner. */
  open(sealed: Uint8Array, owner: string): Buffer {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    const key = this.#keys.get(bytes.subarray(0, ID_BYTES).toString("hex"));
    if (key === undefined) throw new GalleryError("gallery: a template is sealed with a key that was not given");
    const nonce = bytes.subarray(ID_BYTES, ID_BYTES + NONCE_BYTES);
    const ciphertext = ID_BYTES + NONCE_BYTES + TAG_BYTES;
    try {
      const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(owner))
        .setAuthTag(bytes.subarray(ID_BYTES + NONCE_BYTES, ciphertext));
      return Buffer.concat([decipher.update(bytes.subarray(ciphertext)), decipher.final()]);
    } catch (cause) {
      throw new GalleryError(
        "gallery: a sealed template was changed, or moved from another row: restore it from a backup",
        {
          cause,
        },
      );
    }
  }
}

/** Identifies a key, and reveals nothing else about it. */
function keyId(key: Uint8Array): Buffer {
  return createHash("sha256").update("cosface gallery key\n").update(key).digest().subarray(0, ID_BYTES);
}
