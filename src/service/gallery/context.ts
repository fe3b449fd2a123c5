import { NotFoundError } from "../../base/core/index.ts";
import type { Database, TypeIds } from "./engines/index.ts";
import type { MemorySearch } from "./memory-search.ts";
import type { CollectionRow } from "./sql/collections.ts";
import type { Vault } from "./vault.ts";

/** What an open gallery holds, for its parts. */
export type GalleryContext = {
  readonly database: Database;
  readonly types: TypeIds;
  /** Id of the API key in whose name things are done; undefined for this machine's owner. */
  readonly actor: string | undefined;
  /** Seals and opens templates; undefined in a gallery that is not encrypted. */
  readonly vault: Vault | undefined;
  readonly memory: MemorySearch;
};

/** The same, for one collection. */
export type CollectionContext = GalleryContext & {
  readonly collection: CollectionRow;
};

export function noCollection(name: string): NotFoundError {
  return new NotFoundError(`gallery: there is no collection '${name}': create it first`);
}

export function noSubject(collection: string): NotFoundError {
  return new NotFoundError(`gallery '${collection}': there is no subject of this name`);
}
