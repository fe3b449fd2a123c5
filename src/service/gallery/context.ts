import { NotFoundError } from "../../base/core/index.ts";
import type { Database, TypeIds } from "./engines/index.ts";
import type { MemorySearch } from "./memory-search.ts";
import type { CollectionRow } from "./sql/collections.ts";
import type { Vault } from "./vault.ts";

/** The parts of an open gallery. */
export type GalleryContext = {
  readonly database: Database;
  readonly types: TypeIds;
  /** Id of the API key that acts; undefined for the owner of this machine. */
  readonly actor: string | undefined;
  /** Seals and opens templates; undefined in a gallery that is not encrypted. */
  readonly vault: Vault | undefined;
  readonly memory: MemorySearch;
};

/** The parts, and one collection. */
export type CollectionContext = GalleryContext & {
  readonly collection: CollectionRow;
};

export function noCollection(name: string): NotFoundError {
  return new NotFoundError(`gallery: no collection is named '${name}': create it first`);
}

export function noSubject(collection: string): NotFoundError {
  return new NotFoundError(`gallery '${collection}': no subject has this name`);
}
