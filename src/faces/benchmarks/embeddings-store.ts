/**
 * Embeddings that were computed once and are kept, so that a second protocol or another threshold takes seconds. An
 * embedding belongs to a model (the id over its weights and contract) and to an image (a digest over the bytes of its
 * file and over how the crop was made of it), so nothing that is kept can go stale: what changes has another key.
 *
 * Each write makes one new file in the model's folder, whole or not at all, and readable by its owner alone, since
 * embeddings are biometric data. Two processes may write at once: an image that both have is stored twice and means the
 * same. Every record has a checksum of its own; a damaged one counts as missing and is computed again.
 *
 * A file: 8 bytes "cosface1", u32 count, u32 size (little-endian), a SHA-256 over the keys, `count` keys of 32 bytes,
 * then `count` records of `size` f32 and 8 bytes of checksum.
 */

import { createHash, randomUUID } from "node:crypto";
import { chmod, mkdir, open, readdir, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { requireKind } from "../../base/core/index.ts";
import { writeAtomically } from "../../base/files/index.ts";
import type { Embeddings } from "../../measure/eval/index.ts";

/** Digest of an image and of how its crop is made, 64 hexadecimal digits. */
export type ImageKey = string;

/** Embeddings that are kept, of any number of models. */
export interface EmbeddingsStore {
  /** The kept embeddings of a model. */
  of(model: string): Promise<ModelEmbeddings>;
}

/** The kept embeddings of one model. */
export interface ModelEmbeddings {
  /** An embedding by the image's key; undefined where none is kept, or it is damaged. */
  get(key: ImageKey): Promise<Float32Array | undefined>;
  /** Keeps the embedding of each key, a row each. A disk that cannot be written to keeps nothing. */
  add(keys: readonly ImageKey[], embeddings: Embeddings): Promise<void>;
}

/** Where embeddings are kept unless another folder is given: `cosface/embeddings` in the user's cache folder. */
export function embeddingsFolder(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "cosface", "embeddings");
}

/** Deletes all kept embeddings. */
export async function deleteKeptEmbeddings(folder: string = embeddingsFolder()): Promise<void> {
  requireKind("folder", folder, "a text");
  await rm(folder, { recursive: true, force: true });
}

/** The embeddings that are kept below a folder. */
export function embeddingsStore(folder: string = embeddingsFolder()): EmbeddingsStore {
  requireKind("folder", folder, "a text");
  return { of: (model) => FolderEmbeddings.open(folder, model) };
}

const MAGIC = "cosface1";
const ENDING = ".embeddings";
const KEY_BYTES = 32;
const CHECKSUM_BYTES = 8;
const HEAD_BYTES = MAGIC.length + 4 + 4 + 32;

/** Where a record is. */
type RecordAddress = { readonly file: string; readonly offset: number; readonly size: number };

class FolderEmbeddings implements ModelEmbeddings {
  readonly #folder: string;
  /** All records of an image: one may be damaged. */
  readonly #addresses: Map<ImageKey, RecordAddress[]>;

  private constructor(folder: string, addresses: Map<ImageKey, RecordAddress[]>) {
    this.#folder = folder;
    this.#addresses = addresses;
  }

  static async open(root: string, model: string): Promise<FolderEmbeddings> {
    const folder = join(root, createHash("sha256").update(model).digest("hex").slice(0, 32));
    const names = await readdir(folder).catch((): string[] => []);
    const addresses = new Map<ImageKey, RecordAddress[]>();
    for (const name of names.filter((found) => found.endsWith(ENDING)).sort()) {
      // A file that is damaged or gone: its images are computed again.
      await readAddresses(join(folder, name), addresses).catch(() => {});
    }
    return new FolderEmbeddings(folder, addresses);
  }

  async get(key: ImageKey): Promise<Float32Array | undefined> {
    for (const { file, offset, size } of this.#addresses.get(key) ?? []) {
      const bytes = await readAt(file, offset, recordBytes(size)).catch(() => undefined);
      const data = bytes?.subarray(0, 4 * size);
      if (data === undefined || !bytes?.subarray(4 * size).equals(checksum(key, data))) continue;
      return Float32Array.from({ length: size }, (_, i) => data.readFloatLE(4 * i));
    }
    return undefined;
  }

  async add(keys: readonly ImageKey[], { size, data }: Embeddings): Promise<void> {
    if (keys.length === 0) return;
    const file = join(this.#folder, `${randomUUID()}${ENDING}`);
    const keyBytes = Buffer.concat(keys.map((key) => Buffer.from(key, "hex")));
    const head = Buffer.alloc(HEAD_BYTES);
    head.write(MAGIC, "latin1");
    head.writeUInt32LE(keys.length, MAGIC.length);
    head.writeUInt32LE(size, MAGIC.length + 4);
    createHash("sha256")
      .update(keyBytes)
      .digest()
      .copy(head, MAGIC.length + 8);
    const records = keys.map((key, row) => {
      const bytes = Buffer.alloc(4 * size);
      for (let i = 0; i < size; i++) bytes.writeFloatLE(data[row * size + i] ?? Number.NaN, 4 * i);
      return Buffer.concat([bytes, checksum(key, bytes)]);
    });
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await chmod(join(this.#folder, ".."), 0o700);
      await writeAtomically(file, [Buffer.concat([head, keyBytes, ...records])], { mode: 0o600 });
    } catch {
      return; // A read-only or full disk costs only the memory of these embeddings.
    }
    const start = HEAD_BYTES + KEY_BYTES * keys.length;
    for (const [row, key] of keys.entries()) {
      remember(this.#addresses, key, { file, offset: start + row * recordBytes(size), size });
    }
  }
}

/** Adds the records of a file. @throws when it is not such a file, or its keys are damaged. */
async function readAddresses(file: string, addresses: Map<ImageKey, RecordAddress[]>): Promise<void> {
  const head = await readAt(file, 0, HEAD_BYTES);
  const count = head.readUInt32LE(MAGIC.length);
  const size = head.readUInt32LE(MAGIC.length + 4);
  const keys = await readAt(file, HEAD_BYTES, KEY_BYTES * count);
  const isWhole = createHash("sha256")
    .update(keys)
    .digest()
    .equals(head.subarray(MAGIC.length + 8));
  if (head.toString("latin1", 0, MAGIC.length) !== MAGIC || !isWhole) throw new Error("damaged");
  const start = HEAD_BYTES + KEY_BYTES * count;
  for (let row = 0; row < count; row++) {
    const key = keys.toString("hex", KEY_BYTES * row, KEY_BYTES * (row + 1));
    remember(addresses, key, { file, offset: start + row * recordBytes(size), size });
  }
}

function remember(addresses: Map<ImageKey, RecordAddress[]>, key: ImageKey, address: RecordAddress): void {
  const known = addresses.get(key);
  if (known === undefined) addresses.set(key, [address]);
  else known.push(address);
}

function recordBytes(size: number): number {
  return 4 * size + CHECKSUM_BYTES;
}

/** @throws when the file is shorter. */
async function readAt(file: string, offset: number, length: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    if (offset + length > size) throw new Error("truncated");
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, offset);
    if (bytesRead !== length) throw new Error("truncated");
    return buffer;
  } finally {
    await handle.close();
  }
}

function checksum(key: ImageKey, data: Uint8Array): Buffer {
  return createHash("sha256").update(key).update(data).digest().subarray(0, CHECKSUM_BYTES);
}
