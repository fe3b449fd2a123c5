/**
 * Search in this process, for templates that the database cannot read: it holds the decrypted embeddings of a
 * collection as one matrix and compares a probe with every row. It costs 4 bytes a number, a pass over the table at the
 * first search, and that the process holds in memory what the disk does not show.
 *
 * The matrix follows the database by revisions: a template carries the revision of the collection that brought it, so
 * what is new is what has a higher one. Deletions show in the number of templates; then the ids tell which are gone.
 */
import { setImmediate } from "node:timers/promises";
import { GalleryError } from "../../base/core/index.ts";
import { EmbeddingMatrix } from "./embedding-matrix.ts";
import { openEmbedding } from "./encryption.ts";
import type { Database } from "./engines/index.ts";
import type { CollectionRow } from "./sql/collections.ts";
import { type NearPerson, selectNamed } from "./sql/search.ts";
import { selectEmbeddings, selectTemplateIds, selectVersion } from "./sql/templates.ts";
import type { Vault } from "./vault.ts";

/** What is searched. */
export type SealedCollection = {
  readonly database: Database;
  readonly collection: CollectionRow;
  readonly vault: Vault | undefined;
};

/** Rows compared before other work of the process gets its turn: about 4 ms of 512-d ones. */
const BLOCK = 8192;
/** How many times more people are looked at when too many of those found are expired. */
const GROWTH = 8;
/** Rows fetched at once. */
const PAGE = 1000;

/** Matrices of the collections that have been searched, within one limit of bytes. */
export class MemorySearch {
  readonly #limit: number;
  readonly #loaded = new Map<number, LoadedCollection>();

  /** @param limit most bytes of all matrices together. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The people most like the probe, at most `limit`, highest score first; expired ones are not among them. */
  async nearest(context: SealedCollection, probe: Float32Array, limit: number): Promise<NearPerson[]> {
    const search = (await this.#load(context)).search(probe);
    for (let row = 0; row < search.rowCount; row += BLOCK) {
      if (row > 0) await setImmediate();
      search.compare(row, Math.min(row + BLOCK, search.rowCount));
    }
    for (let count = limit; ; count *= GROWTH) {
      const found = search.best(count);
      const ids = found.map(({ subjectId }) => subjectId);
      const subjects = await selectNamed(context.database, ids);
      const near = found.flatMap((person) => {
        const subject = subjects.get(person.subjectId);
        return subject === undefined || subject.isExpired ? [] : [{ ...person, subject: subject.subject }];
      });
      if (near.length >= limit || found.length < count) return near.slice(0, limit);
    }
  }

  async #load(context: SealedCollection): Promise<EmbeddingMatrix> {
    const { id, model } = context.collection;
    let loaded = this.#loaded.get(id);
    if (loaded?.model !== model) {
      loaded = new LoadedCollection(context);
      this.#loaded.set(id, loaded);
    }
    const others = [...this.#loaded.values()].reduce((sum, other) => sum + (other === loaded ? 0 : other.byteCount), 0);
    return loaded.follow(context, this.#limit - others);
  }
}

/** A collection's matrix, and of which revision it is. */
class LoadedCollection {
  readonly model: string;
  #matrix: EmbeddingMatrix;
  #revision = 0;
  #following: Promise<unknown> = Promise.resolve();

  constructor({ collection }: SealedCollection) {
    this.model = collection.model;
    this.#matrix = new EmbeddingMatrix(collection.size);
  }

  get byteCount(): number {
    return this.#matrix.byteCount;
  }

  /** Brings the matrix up to date; those who search at the same time wait for one update. */
  async follow(context: SealedCollection, limit: number): Promise<EmbeddingMatrix> {
    const following = this.#following.catch(() => undefined).then(() => this.#update(context, limit));
    this.#following = following;
    await following;
    return this.#matrix;
  }

  async #update(context: SealedCollection, limit: number): Promise<void> {
    const { collection, database, vault } = context;
    const version = await selectVersion(database, collection);
    if (version === undefined) {
      this.#matrix = new EmbeddingMatrix(collection.size);
      this.#revision = 0;
      return;
    }
    if (version.revision === this.#revision) return;
    if (4 * collection.size * version.templateCount > limit) {
      throw new GalleryError(
        `gallery '${collection.name}': ${version.templateCount} encrypted templates do not fit into the ` +
          `${Math.floor(limit / 1e6)} MB left of memoryLimit: raise it, or keep fewer collections in one process`,
      );
    }
    for (let after = ""; ; ) {
      const range = { above: this.#revision, upTo: version.revision, after, limit: PAGE };
      const rows = await selectEmbeddings(database, collection.id, range);
      for (const row of rows) this.#matrix.set(row.id, row.subjectId, openEmbedding(vault, row));
      const last = rows.at(-1);
      if (rows.length < PAGE || last === undefined) break;
      after = last.id;
    }
    if (this.#matrix.count !== version.templateCount) {
      this.#matrix = this.#matrix.only(await selectTemplateIds(database, collection.id));
    }
    this.#revision = version.revision;
  }
}
