/**
 * A gallery: known people and their embeddings, in a database. The same SQL runs on PostgreSQL in this process (PGlite,
 * files in a folder) and on a PostgreSQL server; both have pgvector, which compares a probe with all templates inside
 * the database. The gallery knows neither images nor networks: embeddings come in and scores go out.
 */
import {
  ConflictError,
  describeValue,
  NotFoundError,
  OptionError,
  requireBetween,
  requireInteger,
  requireKnownKeys,
} from "../../base/core/index.ts";
import type { ModelThreshold } from "../../faces/people/index.ts";
import { type AuditEntry, type AuditPage, listAudit, pruneAudit } from "./audit.ts";
import { backUpGallery } from "./backup.ts";
import { listCalibrations, type SavedThreshold, saveCalibration } from "./calibrations.ts";
import { isUuid, requireName, requireNewName } from "./checks.ts";
import { Collection, type CollectionInfo } from "./collection.ts";
import { type GalleryContext, noCollection } from "./context.ts";
import type { DeletionReceipt } from "./delete-subject.ts";
import { admitVault, sealAll } from "./encryption.ts";
import { type Database, openDatabase, queryOne, type TypeIds } from "./engines/index.ts";
import { deleteExpired } from "./expire.ts";
import { type ImportResult, importCollection } from "./import.ts";
import { ApiKeys } from "./keys.ts";
import { MemorySearch } from "./memory-search.ts";
import { migrate } from "./migrations/migrate.ts";
import { type Reembedding, type ReembedResult, reembedCollection } from "./reembed.ts";
import { insertAuditEntry } from "./sql/audit.ts";
import {
  type CollectionRow,
  deleteCollection,
  insertCollection,
  LARGEST_SIZE,
  nextRevision,
  selectCollection,
  selectCollections,
} from "./sql/collections.ts";
import { dropIndex } from "./sql/template-index.ts";
import { Vault } from "./vault.ts";

/** How a gallery is opened. */
export type GalleryOptions = {
  /** A folder, created when missing, or `postgres://user@host/database`; without it, in memory until it is closed. */
  readonly location?: string;
  /** Most connections to a PostgreSQL server; default 10. */
  readonly maximumConnections?: number;
  /**
   * Keys of 32 random bytes. With a key, embeddings and thumbnails are encrypted at rest, and searched in this process;
   * the first key encrypts, the others only decrypt.
   */
  readonly encryptionKeys?: readonly Uint8Array[];
  /** Most bytes of decrypted embeddings in memory, over all collections; default 1 GB. */
  readonly memoryLimit?: number;
};

/** A collection to create. */
export type NewCollection = {
  /** 1 to 256 characters. */
  readonly name: string;
  /** Id of the model whose embeddings it holds, such as the SHA-256 of its file. */
  readonly model: string;
  /** Numbers in an embedding, in [1, 4000]. */
  readonly size: number;
};

const DEFAULT_CONNECTIONS = 10;
const DEFAULT_MEMORY = 1e9;

/**
 * Opens or creates a gallery, and brings its schema up to date: `await openGallery("people-data/")`.
 *
 * @param options the location, or an object with it and other options.
 * @throws {OptionError} for an option that does not exist, or is out of range.
 * @throws {UnavailableError} when another process has the folder open, or the server does not answer.
 * @throws {GalleryError} when the server has no pgvector, a newer cosface wrote the database, or its encryption key was
 *   not given.
 */
export async function openGallery(options: GalleryOptions | string = {}): Promise<Gallery> {
  const { database, memoryLimit, vault } = await openParts(
    typeof options === "string" ? { location: options } : options,
  );
  try {
    await migrate(database);
    await admitVault(database, vault);
    const [types, memory] = [await readTypeIds(database), new MemorySearch(memoryLimit)];
    return new Gallery({ database, types, actor: undefined, vault, memory });
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Opens the database and the keys, before there is a schema. */
export async function openParts(options: GalleryOptions) {
  requireKnownKeys("gallery", options, {
    location: true,
    maximumConnections: true,
    encryptionKeys: true,
    memoryLimit: true,
  });
  const {
    location,
    maximumConnections = DEFAULT_CONNECTIONS,
    encryptionKeys = [],
    memoryLimit = DEFAULT_MEMORY,
  } = options;
  if (location !== undefined && (typeof location !== "string" || location === "")) {
    const got = location === "" ? "empty text" : describeValue(location);
    throw new OptionError(`gallery: location: got ${got}, expected the path of a folder, or postgres://…`);
  }
  requireInteger("gallery: maximumConnections", maximumConnections, 1);
  requireInteger("gallery: memoryLimit", memoryLimit, 0);
  const [newest, ...older] = encryptionKeys;
  const vault = newest === undefined ? undefined : new Vault([newest, ...older]);
  return { database: await openDatabase(location, maximumConnections), vault, memoryLimit };
}

/** Collections of people, in one database. */
export class Gallery {
  /** API keys of the service over this gallery. */
  readonly keys: ApiKeys;
  readonly #context: GalleryContext;

  /** @internal */
  constructor(context: GalleryContext) {
    this.#context = context;
    this.keys = new ApiKeys(context);
  }

  /** The same gallery; the audit trail names the API key of this id for actions through it. */
  as(actor: string): Gallery {
    if (!isUuid(actor)) throw new OptionError("gallery: actor: expected the id of an API key");
    return new Gallery({ ...this.#context, actor });
  }

  /** "pglite" in this process, "postgres" over the network. */
  get engine(): Database["engine"] {
    return this.#context.database.engine;
  }

  /** @throws {ConflictError} when the name is taken. */
  async createCollection(options: NewCollection): Promise<Collection> {
    const name = requireNewName("gallery: collection", options.name);
    requireName("gallery: model", options.model);
    requireInteger("gallery: size", options.size, 1);
    requireBetween("gallery: size", options.size, 1, LARGEST_SIZE);
    const collection = await this.#context.database.transaction(async (connection) => {
      const inserted = await insertCollection(connection, { ...options, name });
      if (inserted === undefined) throw new ConflictError(`gallery: there is a collection '${name}' already`);
      const entry = { action: "create-collection", collectionId: inserted.id, count: 0 } as const;
      await insertAuditEntry(connection, this.#context.actor, entry);
      return inserted;
    });
    return new Collection({ ...this.#context, collection });
  }

  /** All collections, in the order of their names. */
  async collections(): Promise<CollectionInfo[]> {
    const rows = await selectCollections(this.#context.database);
    return rows.map(({ id, ...info }) => info);
  }

  /** @throws {NotFoundError} when no collection has this name. */
  async collection(name: string): Promise<Collection> {
    return new Collection({ ...this.#context, collection: await this.#find(name) });
  }

  /** The collection of this name, created for a model when it is missing. */
  async collectionFor(options: NewCollection): Promise<Collection> {
    try {
      return await this.collection(options.name);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
    try {
      return await this.createCollection(options);
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      return this.collection(options.name); // Somebody else has created it in the meantime.
    }
  }

  /** Deletes a collection with all its people. @throws {NotFoundError} */
  async deleteCollection(name: string): Promise<void> {
    const { id, isIndexed } = await this.#find(name);
    await this.#context.database.transaction(async (connection) => {
      await nextRevision(connection, id);
      if (isIndexed) await dropIndex(connection, id);
      const count = await deleteCollection(connection, id);
      const entry = { action: "delete-collection", collectionId: id, count } as const;
      await insertAuditEntry(connection, this.#context.actor, entry);
    });
  }

  /**
   * Moves a collection to another model by embedding the images that were kept of its people, all or nothing. Open it
   * again afterwards.
   *
   * @throws {GalleryError} when a template has no image, unless the options drop those.
   */
  async reembed(name: string, options: Reembedding): Promise<ReembedResult> {
    return reembedCollection({ ...this.#context, collection: await this.#find(name) }, options);
  }

  /**
   * Creates a collection from an export's lines, all or nothing.
   *
   * @param name name of the collection; default the exported one.
   * @throws {ConflictError} when the name is taken, or the people are in the gallery already.
   * @throws {GalleryError} naming the first wrong line.
   */
  import(lines: Iterable<string> | AsyncIterable<string>, name?: string): Promise<ImportResult> {
    return importCollection(this.#context, lines, name);
  }

  /**
   * Passes a backup of everything to `write`, as lines that `restoreGallery` reads: collections, subjects, templates
   * and thumbnails (encrypted if the gallery is), hashes of keys, audit trail and calibrations, all of one moment.
   */
  backUp(write: (lines: AsyncIterable<string>) => Promise<void>): Promise<void> {
    return backUpGallery(this.#context, write);
  }

  /**
   * Encrypts everything that is not under the newest key yet, after which older keys are no longer needed, and returns
   * the number of rows. The old bytes disappear when the database reuses or compacts their pages.
   */
  sealAll(): Promise<number> {
    return sealAll(this.#context);
  }

  /** Deletes all expired people, in all collections, and returns a receipt for each. */
  deleteExpired(): Promise<DeletionReceipt[]> {
    return deleteExpired(this.#context);
  }

  /** Stores a measured threshold; replaces the one of the same model and FAR. */
  saveCalibration(calibration: ModelThreshold): Promise<void> {
    return saveCalibration(this.#context, calibration);
  }

  /** The stored thresholds of a model, in the order of FARs. */
  calibrations(model: string): Promise<SavedThreshold[]> {
    return listCalibrations(this.#context, model);
  }

  /** A page of the audit trail, newest first. */
  audit(page: AuditPage = {}): Promise<AuditEntry[]> {
    return listAudit(this.#context, page);
  }

  /** Deletes audit entries older than `before`, and returns their number. */
  pruneAudit(before: Date): Promise<number> {
    return pruneAudit(this.#context, before);
  }

  /** Returns when the database answers. @throws {UnavailableError} */
  async ping(): Promise<void> {
    await this.#context.database.query("select 1");
  }

  /** Waits for running statements, then closes the database. */
  close(): Promise<void> {
    return this.#context.database.close();
  }

  async #find(name: string): Promise<CollectionRow> {
    const composed = requireName("gallery: collection", name);
    const collection = await selectCollection(this.#context.database, composed);
    if (collection === undefined) throw noCollection(composed);
    return collection;
  }
}

function readTypeIds(database: Database): Promise<TypeIds> {
  return queryOne<TypeIds>(
    database,
    "select 'vector'::regtype::oid::integer as vector, 'bytea'::regtype::oid::integer as bytea",
  );
}
