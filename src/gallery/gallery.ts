/**
 * A gallery: known people and their embeddings, in a database. The same SQL runs on PostgreSQL in this process (PGlite,
 * files in a folder) and on a PostgreSQL server; both have pgvector, which compares a probe with all templates where they
 * lie. Nothing here knows of pictures or networks: embeddings come in and scores go out.
 */
import { ConflictError, requireBetween, requireInteger } from "../core/index.ts";
import { requireName } from "./checks.ts";
import { Collection, type CollectionInfo } from "./collection.ts";
import { type GalleryContext, noCollection } from "./context.ts";
import { type Database, openDatabase, type TypeIds } from "./engines/index.ts";
import { migrate } from "./migrations/migrate.ts";
import {
  type CollectionRow,
  deleteCollection,
  insertCollection,
  selectCollection,
  selectCollections,
} from "./sql/collections.ts";

/** Where a gallery lies. */
export type GalleryOptions = {
  /** A folder, made when missing, or `postgres://user@host/database`. Without it, in memory, gone when closed. */
  readonly location?: string;
  /** Most connections to a PostgreSQL server; default 10. */
  readonly maximumConnections?: number;
};

/** A collection to be made. */
export type NewCollection = {
  /** 1 to 256 characters. */
  readonly name: string;
  /** Id of the model whose embeddings it holds, such as the SHA-256 of its file. */
  readonly model: string;
  /** Numbers in an embedding, in [1, 4000]. */
  readonly size: number;
};

/** HNSW over `halfvec` goes no further. */
const LARGEST_SIZE = 4000;
const DEFAULT_CONNECTIONS = 10;

/**
 * Opens a gallery, or makes it, and brings its schema up to date.
 *
 * @throws {UnavailableError} when another process has the folder open, or the server does not answer.
 * @throws {GalleryError} when the server has no pgvector, or a newer cosface wrote the database.
 */
export async function openGallery({
  location,
  maximumConnections = DEFAULT_CONNECTIONS,
}: GalleryOptions = {}): Promise<Gallery> {
  requireInteger("openGallery: maximumConnections", maximumConnections, 1);
  const database = await openDatabase(location, maximumConnections);
  try {
    await migrate(database);
    return new Gallery({ database, types: await readTypeIds(database) });
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Collections of people, in one database. */
export class Gallery {
  readonly #context: GalleryContext;

  constructor(context: GalleryContext) {
    this.#context = context;
  }

  /** "pglite" in this process, "postgres" over the network. */
  get engine(): Database["engine"] {
    return this.#context.database.engine;
  }

  /** @throws {ConflictError} when the name is taken. */
  async createCollection(options: NewCollection): Promise<Collection> {
    requireName("gallery: collection", options.name);
    requireName("gallery: model", options.model);
    requireInteger("gallery: size", options.size, 1);
    requireBetween("gallery: size", options.size, 1, LARGEST_SIZE);
    const collection = await insertCollection(this.#context.database, options);
    if (collection === undefined) throw new ConflictError(`gallery: there is a collection '${options.name}' already`);
    return new Collection({ ...this.#context, collection });
  }

  /** All collections, in the order of their names. */
  async collections(): Promise<CollectionInfo[]> {
    const rows = await selectCollections(this.#context.database);
    return rows.map(({ id, ...info }) => info);
  }

  /** @throws {NotFoundError} when there is none of this name. */
  async collection(name: string): Promise<Collection> {
    return new Collection({ ...this.#context, collection: await this.#find(name) });
  }

  /** Deletes a collection with all its people. @throws {NotFoundError} */
  async deleteCollection(name: string): Promise<void> {
    await deleteCollection(this.#context.database, (await this.#find(name)).id);
  }

  /** Returns when the database answers. @throws {UnavailableError} */
  async ping(): Promise<void> {
    await this.#context.database.query("select 1");
  }

  /** Waits for what runs, then closes the database. */
  close(): Promise<void> {
    return this.#context.database.close();
  }

  async #find(name: string): Promise<CollectionRow> {
    requireName("gallery: collection", name);
    const collection = await selectCollection(this.#context.database, name);
    if (collection === undefined) throw noCollection(name);
    return collection;
  }
}

async function readTypeIds(database: Database): Promise<TypeIds> {
  const [types] = await database.query<TypeIds>(
    "select 'vector'::regtype::oid::integer as vector, 'bytea'::regtype::oid::integer as bytea",
  );
  return types!;
}
